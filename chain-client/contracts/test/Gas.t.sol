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
        _life("earlier", false);
        claims.burn();
        _life("earlier too", false);
    }

    /// @dev Each step by itself, and the last four in one transaction by whoever collected what is to be revealed.
    function testHonestLifeWithTwoValidations() public {
        uint256 gas = _life(DERIVATION, false);
        vm.snapshotValue("claim with 2 validations, 9 transactions", gas);
        vm.snapshotValue("claim with 2 validations, 9 transactions, less 21,000 each", gas - 9 * 21_000);
        gas = _life("another", true);
        vm.snapshotValue("claim with 2 validations, 6 transactions", gas);
        vm.snapshotValue("claim with 2 validations, 6 transactions, less 21,000 each", gas - 6 * 21_000);
        vm.assertLe(gas - 6 * 21_000, 450_000, "without what a transaction costs anyway");
        // Not as a transaction: what a contract pays that asks.
        uint256 before = gasleft();
        verified.verified(DERIVATION);
        uint256 reading = before - gasleft();
        vm.snapshotValue("verified, cold", reading);
        vm.assertLe(reading, 10_000, "reading");
    }

    function _life(bytes32 derivation, bool together) private returns (uint256) {
        _gas = 0;
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
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(claims.advance, (claim, ""));
        calls[1] = abi.encodeCall(claims.reveal, (claim, 0, OUTPUT, 60, SALT));
        calls[2] = abi.encodeCall(claims.reveal, (claim, 1, OUTPUT, 60, SALT));
        calls[3] = abi.encodeCall(claims.open, (claim, derivation, OUTPUT, SALT));
        if (together) {
            vm.prank(MOVER);
            claims.multicall(calls);
            _count("stop, reveal, open");
        } else {
            string[4] memory names = ["stop", "reveal, first", "reveal, last", "open"];
            for (uint256 i = 0; i < 4; i++) {
                vm.prank(MOVER);
                (bool ok,) = address(claims).call(calls[i]);
                vm.assertTrue(ok, names[i]);
                _count(names[i]);
            }
        }
        _expectPhase(claim, Phase.Valid);
        return _gas;
    }

    function _count(string memory step) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(step, used);
        _gas += used;
    }
}
