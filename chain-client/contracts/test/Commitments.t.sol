// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claims} from "../src/claims/Claims.sol";
import {Phase} from "../src/claims/ClaimTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @title Commitments can't be copied, or replayed elsewhere
contract CommitmentsTest is Fixture {
    function setUp() public override {
        super.setUp();
        _joinMany(8);
    }

    function testCopiedClaimCommitmentCantBeOpened() public {
        bytes32 commitment = _claimCommitment(publisher, DERIVATION, OUTPUT, SALT);
        address thief = vm.addr(77);
        _fund(thief, 2000 ether);
        vm.prank(thief);
        bytes32 copied = claims.publish(DERIVATION, commitment, 0);
        _report(copied, OUTPUT);
        _stop(copied);
        _reveal(copied, 0, OUTPUT);
        // Also when the thief has meanwhile seen how the original opens.
        vm.prank(thief);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _openCall(copied);
        _pass(copied);
        _advance(copied);
        _expectPhase(copied, Phase.Refuted);
    }

    function testCopiedReportCommitmentCantBeOpened() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        bytes32 commitment = _reportCommitment(claim, 0, OUTPUT, 60, SALT);
        (,,,, bytes24 kept) = claims.reportOf(claim, 0);
        vm.assertEq(kept, bytes24(commitment), "what everybody sees");
        uint256 number = _draw(claim);
        address copier = _validatorOf(claim, number);
        vm.prank(copier);
        claims.commit(claim, commitment);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        vm.prank(copier);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.reveal(claim, number, OUTPUT, 60, SALT);
        _pass(claim);
        _advance(claim);
        vm.assertEq(_stake(copier), 4500 ether, "the copier is slashed");
    }

    function testReportForAnotherClaimCantBeOpened() public {
        bytes32 first = _publish(OUTPUT);
        bytes32 second = _publish(keccak256("another derivation"), OUTPUT);
        uint256 number = _draw(second);
        bytes32 commitment = _reportCommitment(first, number, OUTPUT, 60, SALT);
        vm.prank(_validatorOf(second, number));
        claims.commit(second, commitment);
        _stop(second);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _reveal(second, number, OUTPUT);
    }

    function testReplayOnAnotherChainCantBeOpened() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _reveal(claim, 0, OUTPUT);
        vm.chainId(here);
        _reveal(claim, 0, OUTPUT);
        vm.chainId(here + 1);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _openCall(claim);
    }

    function testAnnouncedDerivationIsTheOneOpened() public {
        // Committed to another derivation than the one announced for building.
        bytes32 commitment = _claimCommitment(publisher, OTHER, OUTPUT, SALT);
        vm.prank(publisher);
        bytes32 claim = claims.publish(DERIVATION, commitment, 0);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _openCall(claim);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.open(claim, OTHER, OUTPUT, SALT);
    }

    function testOnlyTheDrawnValidatorCommits() public {
        bytes32 claim = _publish(OUTPUT);
        uint256 number = _draw(claim);
        bytes32 commitment = _reportCommitment(claim, number, OUTPUT, 60, SALT);
        for (uint256 i = 0; i < 8; i++) {
            address validator = _validator(i);
            if (validator == _validatorOf(claim, number)) continue;
            vm.prank(validator);
            vm.expectPartialRevert(Claims.NotYours.selector);
            claims.commit(claim, commitment);
        }
    }

    function _openCall(bytes32 claim) private {
        claims.open(claim, DERIVATION, OUTPUT, SALT);
    }
}
