// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Accounts} from "../src/claims/Accounts.sol";
import {Claims} from "../src/claims/Claims.sol";
import {Phase, Rules, Verdict} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Fixture} from "./Fixture.sol";

/// @title Claims in which the outputs agree, and those in which somebody stays away
/// @dev Amounts are calculated by hand from Defaults: stake 1000, fee 100, tip 0.5, default tip 1, slash 500, miss 2.
contract ClaimsTest is Fixture {
    function setUp() public override {
        super.setUp();
        _joinMany(8);
    }

    function _honest(bytes32 output, uint256 validations) private returns (bytes32 claim) {
        claim = _publish(output);
        for (uint256 i = 0; i < validations; i++) {
            _report(claim, output);
        }
        _stop(claim);
        for (uint256 i = 0; i < validations; i++) {
            _reveal(claim, i, output);
        }
        _open(claim, output);
    }

    function testHonestLife() public {
        bytes32 claim = _honest(OUTPUT, 2);
        _expectPhase(claim, Phase.Valid);
        (bytes32 output, uint256 since, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(output, OUTPUT, "output");
        vm.assertEq(since, block.number, "since");
        vm.assertEq(validators, 2, "validators");
        vm.assertEq(claims.accountOf(publisher), 10_000 ether - 100 ether, "the publisher pays the fee");
        vm.assertEq(claims.accountOf(MOVER), 1.5 ether, "three tips");
        vm.assertEq(claims.unburned(), 98.5 ether, "the rest of the fee");
        for (uint256 i = 0; i < 2; i++) {
            vm.assertEq(_stake(_validatorOf(claim, i)), 5000 ether, "stake");
            vm.assertEq(_locked(_validatorOf(claim, i)), 0, "locked");
            vm.assertEq(registry.creditOf(registry.currentPeriod(), _validatorOf(claim, i)), 60, "credit");
        }
        vm.assertTrue(_validatorOf(claim, 0) != _validatorOf(claim, 1), "two different");
        claims.burn();
        vm.assertEq(token.totalSupply(), Defaults.FIRST_DISTRIBUTION - 98.5 ether, "burned");
    }

    function testOpenClaimCanBeOpenedByAnyone() public {
        vm.prank(publisher);
        bytes32 claim = claims.publishOpen(DERIVATION, OUTPUT, 0);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        vm.prank(MOVER);
        claims.open(claim, DERIVATION, OUTPUT, 0);
        _expectPhase(claim, Phase.Valid);
    }

    function testMeanTimeIsCreditedWhateverWasReported() public {
        bytes32 claim = _publish(OUTPUT);
        uint32[2] memory times = [uint32(30), 90];
        for (uint256 i = 0; i < 2; i++) {
            uint256 number = _draw(claim);
            vm.warp(vm.getBlockTimestamp() + 100);
            _commit(claim, number, OUTPUT, times[i]);
        }
        _stop(claim);
        claims.reveal(claim, 0, OUTPUT, 30, SALT);
        claims.reveal(claim, 1, OUTPUT, 90, SALT);
        _open(claim, OUTPUT);
        uint256 period = registry.currentPeriod();
        vm.assertEq(registry.creditOf(period, _validatorOf(claim, 0)), 60, "first");
        vm.assertEq(registry.creditOf(period, _validatorOf(claim, 1)), 60, "second");
        vm.assertEq(registry.totalCredit(period), 120, "total");
    }

    function testReportedTimeIsAtMostWhatPassed() public {
        bytes32 claim = _publish(OUTPUT);
        uint256 number = _draw(claim);
        vm.warp(vm.getBlockTimestamp() + 100);
        _commit(claim, number, OUTPUT, 1_000_000);
        _stop(claim);
        claims.reveal(claim, 0, OUTPUT, 1_000_000, SALT);
        _open(claim, OUTPUT);
        vm.assertEq(registry.creditOf(registry.currentPeriod(), _validatorOf(claim, 0)), 100, "credit");
    }

    function testMissedBuildIsReplaced() public {
        bytes32 claim = _publish(OUTPUT);
        _draw(claim);
        address lazy = _validatorOf(claim, 0);
        vm.expectPartialRevert(Claims.NotYet.selector);
        claims.advance(claim, "");
        _pass(claim);
        bytes32 late = _reportCommitment(claim, 0, OUTPUT, 60, SALT);
        vm.prank(lazy);
        vm.expectPartialRevert(Claims.TooLateNow.selector);
        claims.commit(claim, late);
        _advance(claim);
        _expectPhase(claim, Phase.Drawing);
        vm.assertEq(_stake(lazy), 4998 ether, "small loss");
        vm.assertEq(_locked(lazy), 0, "free again");
        vm.assertEq(claims.accountOf(MOVER), 1.5 ether, "tip of the draw and of the default");
        vm.assertFalse(registry.isAvailable(lazy), "below the minimum it isn't drawn");

        _report(claim, OUTPUT);
        vm.assertTrue(_validatorOf(claim, 1) != lazy, "replaced by another");
        _stop(claim);
        _reveal(claim, 1, OUTPUT);
        _open(claim, OUTPUT);
        _expectPhase(claim, Phase.Valid);
        (,, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(validators, 1, "only who reported counts");
    }

    function testDeclineSavesTheWait() public {
        bytes32 claim = _publish(OUTPUT);
        _draw(claim);
        address busy = _validatorOf(claim, 0);
        vm.expectPartialRevert(Claims.NotYours.selector);
        claims.decline(claim);
        vm.prank(busy);
        claims.decline(claim);
        _expectPhase(claim, Phase.Drawing);
        vm.assertEq(_stake(busy), 4998 ether, "loss");
        vm.assertEq(claims.unburned(), 2 ether, "nobody is tipped");
    }

    function testSilentValidatorIsSlashedAndReplaced() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        address silent = _validatorOf(claim, 0);
        _stop(claim);
        vm.expectPartialRevert(Claims.NotYet.selector);
        claims.advance(claim, "");
        _pass(claim);
        vm.expectPartialRevert(Claims.TooLateNow.selector);
        _reveal(claim, 0, OUTPUT);
        _advance(claim);
        // The publisher hasn't opened yet, so the next one still can't copy.
        _expectPhase(claim, Phase.Drawing);
        vm.assertEq(_stake(silent), 4500 ether, "slashed");
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 1, OUTPUT);
        _open(claim, OUTPUT);
        _expectPhase(claim, Phase.Valid);
    }

    function testSilentOneOfTwoIsLeftOut() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 1, OUTPUT);
        _pass(claim);
        _advance(claim);
        _expectPhase(claim, Phase.Opening);
        _open(claim, OUTPUT);
        (,, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(validators, 1, "one");
    }

    function testSilentPublisherIsSlashed() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        _pass(claim);
        vm.expectPartialRevert(Claims.TooLateNow.selector);
        _open(claim, OUTPUT);
        _advance(claim);
        _expectPhase(claim, Phase.Refuted);
        vm.assertEq(claims.accountOf(publisher), 8900 ether, "stake and fee are gone");
        vm.assertEq(_stake(_validatorOf(claim, 0)), 5000 ether, "the validator did its part");
        vm.assertEq(_locked(_validatorOf(claim, 0)), 0, "free");
        // Two tips for draws, one out of the stake; the rest burns.
        vm.assertEq(claims.accountOf(MOVER), 2 ether, "tips");
        vm.assertEq(claims.unburned(), 1098 ether, "the rest");
        (bytes32 output,,) = verified.verified(DERIVATION);
        vm.assertEq(output, bytes32(0), "nothing is trusted");
    }

    function testExpiredDrawIsDrawnAnew() public {
        bytes32 claim = _publish(OUTPUT);
        uint256 when = _head(claim).when;
        vm.roll(when + 257);
        _advance(claim);
        _expectPhase(claim, Phase.Drawing);
        vm.assertEq(_head(claim).when, when + 257 + 4, "a new block decides");
        vm.assertEq(_head(claim).steps, 1, "a step is used up");
    }

    function testEndsWhenNobodyCanBeDrawn() public {
        for (uint256 i = 0; i < 8; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        bytes32 claim = _publish(OUTPUT);
        for (uint256 i = 0; i < 32; i++) {
            _expectPhase(claim, Phase.Drawing);
            _goToDraw(claim, true);
            _advance(claim);
        }
        _expectPhase(claim, Phase.Abandoned);
        vm.assertEq(claims.accountOf(publisher), 9900 ether, "stake back");
        vm.assertEq(claims.accountOf(MOVER), 16 ether, "32 tips");
        vm.assertEq(claims.unburned(), 84 ether, "the rest of the fee");
    }

    function testSmallNetworkStopsWhenAllHaveServed() public {
        bytes32 claim = _publish(OUTPUT);
        for (uint256 i = 0; i < 8; i++) {
            _report(claim, OUTPUT);
        }
        _goToDraw(claim, true);
        _advance(claim);
        _expectPhase(claim, Phase.Revealing);
    }

    function testPublisherIsNotDrawnForItsOwnClaim() public {
        // One validator whose operator publishes, one that publishes itself; the other six are away.
        for (uint256 i = 1; i < 8; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        _fund(_validator(0), 1100 ether);
        publisher = _validator(0);
        bytes32 claim = _publish(OUTPUT);
        _goToDraw(claim, true);
        _advance(claim);
        _expectPhase(claim, Phase.Drawing);
    }

    function testClassesDoubleTheTime() public {
        bytes32 commitment = _claimCommitment(publisher, DERIVATION, OUTPUT, SALT);
        vm.startPrank(publisher);
        vm.expectPartialRevert(Claims.BadClass.selector);
        claims.publish(DERIVATION, commitment, 9);
        bytes32 claim = claims.publish(DERIVATION, commitment, 8);
        vm.stopPrank();
        _draw(claim);
        vm.assertEq(_head(claim).when, block.timestamp + 600 * 256, "deadline");
    }

    function testSameClaimOnlyOnce() public {
        _publish(OUTPUT);
        bytes32 commitment = _claimCommitment(publisher, DERIVATION, OUTPUT, SALT);
        vm.prank(publisher);
        vm.expectPartialRevert(Claims.Published.selector);
        claims.publish(DERIVATION, commitment, 0);
    }

    function testPublishingNeedsMoney() public {
        publisher = vm.addr(98);
        bytes32 commitment = _claimCommitment(publisher, DERIVATION, OUTPUT, SALT);
        vm.prank(publisher);
        vm.expectRevert(abi.encodeWithSelector(Accounts.TooLittle.selector, publisher, 0, 1100 ether));
        claims.publish(DERIVATION, commitment, 0);
    }

    function testRulesOfTheBeginningStay() public {
        bytes32 claim = _publish(OUTPUT);
        Rules memory next = Defaults.rules();
        (next.publisherStake, next.validatorSlash) = (2000 ether, 900 ether);
        claims.setRules(next);
        _report(claim, OUTPUT);
        vm.assertEq(_locked(_validatorOf(claim, 0)), 500 ether, "old lock");
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        _open(claim, OUTPUT);
        vm.assertEq(claims.accountOf(publisher), 9900 ether, "old stake comes back");
        _publish(keccak256("next"), OUTPUT);
        vm.assertEq(claims.accountOf(publisher), 9900 ether - 2100 ether, "new stake");
    }

    function testEachStepOnlyInItsPhase() public {
        bytes32 nothing = keccak256("no claim");
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.advance(nothing, "");
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.commit(nothing, 0);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        _reveal(nothing, 0, OUTPUT);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        _open(nothing, OUTPUT);
        bytes32 claim = _honest(OUTPUT, 1);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.advance(claim, "");
        vm.expectPartialRevert(Claims.NotYours.selector);
        claims.settle(claim, 0, Verdict.Publisher);
    }

    function testRevealNeedsTheRightOpening() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _reveal(claim, 0, OTHER);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.reveal(claim, 0, OUTPUT, 61, SALT);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.reveal(claim, 1, OUTPUT, 60, SALT);
        _reveal(claim, 0, OUTPUT);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        _reveal(claim, 0, OUTPUT);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        _open(claim, OTHER);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.open(claim, OTHER, OUTPUT, SALT);
        _open(claim, OUTPUT);
    }

    function testSeveralStepsInOneTransaction() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _goToDraw(claim, false);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(claims.advance, (claim, ""));
        calls[1] = abi.encodeCall(claims.reveal, (claim, 0, OUTPUT, 60, SALT));
        calls[2] = abi.encodeCall(claims.open, (claim, DERIVATION, OUTPUT, SALT));
        claims.multicall(calls);
        _expectPhase(claim, Phase.Valid);
    }
}
