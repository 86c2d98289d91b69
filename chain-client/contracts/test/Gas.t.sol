// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ending, Head, Phase, Rules} from "../src/claims/ClaimTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @title What a claim's honest life costs, as its sender pays it: 21,000 for each transaction, call data, cold storage
/// @dev Calls are transactions of their own here (isolate). All roles have served before, as on a chain in use. What the
/// randomness decides is proved by a header as long as a real one, with a bloom filter that is full.
/// forge-config: default.isolate = true
/// forge-config: long.isolate = true
contract GasTest is Fixture {
    // Block 2 of a fresh `anvil --hardfork shanghai` 1.7.1, around its bloom filter and its prevrandao.
    bytes private constant BEFORE =
        hex"f9021ba03c5036109dcff5c545922b7eaaac95a9670b1c09b7c65aa0856332388beab535a01dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347940000000000000000000000000000000000000000a09c8eaf493f8b4edce2ba1647343eadcc0989cf461e712c0a6253ff2ca1842bb7a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421b90100";
    bytes private constant BETWEEN = hex"80028401c9c38080846b01652880a0";
    bytes private constant AFTER =
        hex"88000000000000000084342770c0a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

    uint256 private _gas;
    uint256 private _transactions;

    function setUp() public override {
        super.setUp();
        _joinMany(2);
        _fund(MOVER, 1 ether);
        for (uint256 i = 0; i < 2; i++) {
            _fund(_validator(i), 1 ether);
        }
        _life("earlier", false);
        claims.burn();
        _life("earlier too", false);
    }

    /// @dev Whoever is drawn serves, and who knows what is hidden ends it.
    function testHonestLifeWithTwoValidations() public {
        _served(DERIVATION, true);
        vm.snapshotValue("claim with 2 validations, 4 transactions", _gas);
        vm.assertEq(_transactions, 4, "transactions");
        vm.assertLe(_gas, 450_000, "a whole honest life");
        // Not as a transaction: what a contract pays that asks.
        uint256 before = gasleft();
        verified.verified(DERIVATION);
        uint256 reading = before - gasleft();
        vm.snapshotValue("verified, cold", reading);
        vm.assertLe(reading, 10_000, "reading");
    }

    /// @dev The first to reveal stops, each reveals itself, the publisher opens.
    function testHonestLifeRevealedOneByOne() public {
        _served(DERIVATION, false);
        vm.snapshotValue("claim with 2 validations, 6 transactions", _gas);
        vm.assertEq(_transactions, 6, "transactions");
    }

    /// @dev Others carry out the draws, each in the block that decides: as where builds take long.
    function testHonestLifeStepByStep() public {
        _life(DERIVATION, true);
        vm.snapshotValue("claim with 2 validations, 9 transactions", _gas);
        vm.assertEq(_transactions, 9, "transactions");
    }

    function _served(bytes32 derivation, bool together) private {
        bytes32 claim = _begin(derivation);
        bytes memory proof;
        address[2] memory drawn;
        for (uint256 i = 0; i < 2; i++) {
            proof = _goBehindDraw(claim, true);
            bytes32 commitment = _reportCommitment(claim, i, OUTPUT, 20, SALT);
            for (uint256 j = 0; j < 2; j++) {
                vm.prank(_validator(j));
                try claims.serve(claim, proof, commitment) {
                    drawn[i] = _validator(j);
                    _count(i == 0 ? "serve, first" : "serve, second");
                    break;
                } catch {}
            }
        }
        proof = _goBehindDraw(claim, false);
        if (together) {
            Ending memory ending = Ending(derivation, OUTPUT, SALT, new uint32[](2), new bytes32[](2));
            (ending.times[0], ending.times[1], ending.salts[0], ending.salts[1]) = (20, 20, SALT, SALT);
            vm.prank(publisher);
            claims.finish(claim, proof, ending);
            _count("finish");
        } else {
            bytes[] memory calls = new bytes[](2);
            calls[0] = abi.encodeCall(claims.advance, (claim, proof));
            calls[1] = abi.encodeCall(claims.reveal, (claim, 0, OUTPUT, 20, SALT));
            vm.prank(drawn[0]);
            claims.multicall(calls);
            _count("stop, reveal, first");
            vm.prank(drawn[1]);
            claims.reveal(claim, 1, OUTPUT, 20, SALT);
            _count("reveal, last");
            vm.prank(publisher);
            claims.open(claim, derivation, OUTPUT, SALT);
            _count("open");
        }
        _expectPhase(claim, Phase.Valid);
    }

    function _begin(bytes32 derivation) private returns (bytes32 claim) {
        (_gas, _transactions) = (0, 0);
        bytes32 commitment = _claimCommitment(publisher, derivation, OUTPUT, SALT);
        vm.prank(publisher);
        claim = claims.publish(derivation, commitment, 0);
        _count("publish");
    }

    function _life(bytes32 derivation, bool counted) private {
        bytes32 claim = _begin(derivation);
        for (uint256 i = 0; i < 2; i++) {
            _goToDraw(claim, true);
            vm.prank(MOVER);
            claims.advance(claim, "");
            _count("draw");
            vm.warp(vm.getBlockTimestamp() + 60);
            bytes32 commitment = _reportCommitment(claim, i, OUTPUT, 60, SALT);
            address validator = _validatorOf(claim, i);
            vm.prank(validator);
            claims.commit(claim, commitment);
            _count("commit");
        }
        // Everybody has an account with something in it already.
        _goToDraw(claim, false);
        vm.prank(counted ? MOVER : publisher);
        claims.advance(claim, "");
        _count("stop");
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(MOVER);
            claims.reveal(claim, i, OUTPUT, 60, SALT);
            _count("reveal");
        }
        vm.prank(publisher);
        claims.open(claim, derivation, OUTPUT, SALT);
        _count("open after steps");
        _expectPhase(claim, Phase.Valid);
    }

    /// @dev Three blocks after the one that decides as wanted; gives the proof.
    function _goBehindDraw(bytes32 claim, bool more) private returns (bytes memory header) {
        Head memory head = _head(claim);
        Rules memory rules = claims.rulesOf(head.rules);
        bytes32 value;
        bool found;
        for (uint256 i = 0; !found; i++) {
            value = keccak256(abi.encode("randomness", claim, head.steps, i));
            bytes32 seed = keccak256(abi.encode(value, claim, head.steps));
            found = (uint32(uint256(seed)) < rules.continueBelow) == more;
        }
        bytes memory bloom = new bytes(256);
        for (uint256 i = 0; i < 256; i++) {
            bloom[i] = bytes1(uint8(i % 255 + 1));
        }
        header = bytes.concat(BEFORE, bloom, BETWEEN, value, AFTER);
        vm.roll(uint256(head.when) + 3);
        vm.setBlockhash(head.when, keccak256(header));
    }

    function _count(string memory step) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue(step, used);
        _gas += used;
        _transactions++;
    }
}
