// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claims} from "../src/claims/Claims.sol";
import {Phase, Status, Verdict} from "../src/claims/ClaimTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @title Claims in which the outputs differ
/// @dev By hand from Defaults: a round of non-determinism pays its jury (100 − 32 · 0.5) / 8 = 10.5.
contract ClaimDisputesTest is Fixture {
    uint256 private constant ROUND_PAY = 10.5 ether;

    function setUp() public override {
        super.setUp();
        _joinMany(40);
    }

    function testPublisherIsSlashedWithAllThatAgreed() public {
        bytes32 claim = _dispute(OTHER, OTHER, OUTPUT);
        _expectPhase(claim, Phase.Disputed);
        vm.assertEq(arbiter.report(), 1, "the one that differs");
        vm.assertEq(arbiter.servedCount(), 2, "served");
        vm.assertEq(arbiter.settle(claims, Verdict.Publisher), 140 ether, "the jury's pay");
        _expectPhase(claim, Phase.Refuted);
        vm.assertEq(claims.accountOf(publisher), 8900 ether, "stake and fee");
        vm.assertEq(_stake(_validatorOf(claim, 0)), 4500 ether, "the accomplice");
        vm.assertEq(_stake(_validatorOf(claim, 1)), 5000 ether, "the honest one");
        vm.assertEq(_locked(_validatorOf(claim, 1)), 0, "free");
        vm.assertEq(claims.accountOf(address(arbiter)), 140 ether, "paid");
        vm.assertEq(claims.unburned(), 1000 ether - 140 ether + 500 ether + 98.5 ether, "burns");
        (bytes32 output,,) = verified.verified(DERIVATION);
        vm.assertEq(output, bytes32(0), "nothing is trusted");
        vm.assertEq(registry.totalCredit(registry.currentPeriod()), 0, "only valid claims credit");
    }

    function testDeviatingValidatorIsSlashedAndTheClaimGoesOn() public {
        bytes32 claim = _dispute(OUTPUT, OUTPUT, OTHER);
        address deviating = _validatorOf(claim, 1);
        arbiter.settle(claims, Verdict.Validator);
        _expectPhase(claim, Phase.Valid);
        vm.assertEq(_stake(deviating), 4500 ether, "slashed");
        vm.assertEq(claims.accountOf(publisher), 9900 ether, "the publisher keeps its stake");
        vm.assertEq(claims.unburned(), 500 ether - 140 ether + 98.5 ether, "burns");
        (bytes32 output,, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(output, OUTPUT, "output");
        vm.assertEq(validators, 1, "validators");
    }

    function testTwoThatDeviateAreTwoDisputes() public {
        bytes32 claim = _dispute(OUTPUT, OTHER, keccak256("a third"));
        vm.assertEq(arbiter.report(), 0, "first");
        arbiter.settle(claims, Verdict.Validator);
        vm.assertEq(arbiter.report(), 1, "second");
        arbiter.settle(claims, Verdict.Validator);
        // Nobody is left who rebuilt it: another is drawn, and the publisher needn't open again.
        _expectPhase(claim, Phase.Drawing);
        uint256 number = _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, number, OUTPUT);
        _expectPhase(claim, Phase.Valid);
    }

    function testNonDeterminismSlashesNobodyAndEnds() public {
        bytes32 claim = _dispute(OUTPUT, OUTPUT, OTHER);
        vm.assertEq(arbiter.settle(claims, Verdict.NonDeterminism), ROUND_PAY, "pay");
        for (uint256 round = 1; round < 8; round++) {
            _expectPhase(claim, Phase.Drawing);
            vm.assertEq(_head(claim).round, round, "round");
            uint256 number = _report(claim, OTHER);
            _stop(claim);
            _reveal(claim, number, OTHER);
            _expectPhase(claim, Phase.Disputed);
            arbiter.settle(claims, Verdict.NonDeterminism);
        }
        _expectPhase(claim, Phase.Unreproducible);
        vm.assertEq(claims.accountOf(publisher), 9900 ether, "stake back");
        for (uint256 i = 0; i < 9; i++) {
            vm.assertEq(_stake(_validatorOf(claim, i)), 5000 ether, "nobody is slashed");
            vm.assertEq(_locked(_validatorOf(claim, i)), 0, "nobody is bound");
            for (uint256 j = 0; j < i; j++) {
                vm.assertTrue(_validatorOf(claim, i) != _validatorOf(claim, j), "nobody serves twice");
            }
        }
        vm.assertEq(claims.accountOf(address(arbiter)), 8 * ROUND_PAY, "eight juries");
        // 3 + 7 · 2 steps at 0.5.
        vm.assertEq(claims.unburned(), 100 ether - 8 * ROUND_PAY - 8.5 ether, "rest of the fee");
    }

    function testArbiterThatNeverAnswers() public {
        bytes32 claim = _dispute(OUTPUT, OUTPUT, OTHER);
        vm.expectPartialRevert(Claims.NotYet.selector);
        claims.advance(claim, "");
        _pass(claim);
        _advance(claim);
        _expectPhase(claim, Phase.Drawing);
        vm.assertEq(claims.unburned(), ROUND_PAY, "not paid");
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        arbiter.settle(claims, Verdict.Publisher);
    }

    function testSettledOnceOnly() public {
        bytes32 claim = _dispute(OTHER, OTHER, OUTPUT);
        arbiter.settle(claims, Verdict.Publisher);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        arbiter.settle(claims, Verdict.Publisher);
        vm.assertTrue(_status(claim, 0) == Status.Slashed, "slashed");
        vm.assertTrue(_status(claim, 1) == Status.Released, "released");
    }

    function testContradictionIsTrustedByNobody() public {
        bytes32 first = _publish(OUTPUT);
        _report(first, OUTPUT);
        _stop(first);
        _reveal(first, 0, OUTPUT);
        _open(first, OUTPUT);
        bytes32 second = _publish(OTHER);
        _report(second, OTHER);
        _stop(second);
        _reveal(second, 0, OTHER);
        _open(second, OTHER);
        _expectPhase(second, Phase.Valid);
        (bytes32 output,,) = verified.verified(DERIVATION);
        vm.assertEq(output, bytes32(0), "contradicted");
    }
}
