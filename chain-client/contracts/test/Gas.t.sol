// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../src/claims/ClaimTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @title What a claim's honest life costs, as its sender pays it: 21,000 for each transaction, call data, cold storage
/// @dev Calls are transactions of their own here (isolate). All roles have served before, as on a chain in use.
/// forge-config: default.isolate = true
/// forge-config: long.isolate = true
contract GasTest is Fixture {
    uint256 private _gas;

    function setUp() public override {
        super.setUp();
        _joinMany(2);
        _fund(MOVER, 1 ether);
        _life(keccak256("earlier"));
        claims.burn();
        _life(keccak256("earlier too"));
    }

    function testHonestLifeWithTwoValidations() public {
        _gas = 0;
        uint256 transactions = _life(DERIVATION);
        vm.snapshotValue("claim with 2 validations, 9 transactions", _gas);
        vm.assertEq(transactions, 9, "transactions");
        // Not as a transaction: what a contract pays that asks.
        uint256 before = gasleft();
        verified.verified(DERIVATION);
        uint256 reading = before - gasleft();
        vm.snapshotValue("verified, cold", reading);
        vm.assertLe(reading, 10_000, "reading");
    }

    function _life(bytes32 derivation) private returns (uint256 transactions) {
        bytes32 commitment = _claimCommitment(publisher, derivation, OUTPUT, SALT);
        vm.prank(publisher);
        bytes32 claim = claims.publish(derivation, commitment, 0);
        _count("publish");
        for (uint256 i = 0; i < 2; i++) {
            _goToDraw(claim, true);
            vm.prank(MOVER);
            claims.advance(claim, "");
            _count("draw");
            vm.warp(vm.getBlockTimestamp() + 60);
            commitment = _reportCommitment(claim, i, OUTPUT, 60, SALT);
            address validator = _validatorOf(claim, i);
            vm.prank(validator);
            claims.commit(claim, commitment);
            _count("commit");
        }
        _goToDraw(claim, false);
        vm.prank(MOVER);
        claims.advance(claim, "");
        _count("stop");
        for (uint256 i = 0; i < 2; i++) {
            claims.reveal(claim, i, OUTPUT, 60, SALT);
            _count("reveal");
        }
        claims.open(claim, derivation, OUTPUT, SALT);
        _count("open");
        _expectPhase(claim, Phase.Valid);
        return 9;
    }

    function _count(string memory step) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(step, used);
        _gas += used;
    }
}
