// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Phase, Verdict} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Jury} from "../src/jury/Jury.sol";
import {Stage, Terms} from "../src/jury/JuryTypes.sol";
import {Tally} from "../src/jury/Tally.sol";
import {System} from "./System.sol";

/// @title Juries, from a dispute to the payment
contract JuryTest is System {
    bytes32 private _claim;
    bytes32 private _id;

    function setUp() public override {
        super.setUp();
        _joinMany(30);
        _claim = _dispute(OTHER, OTHER, OUTPUT);
        _id = jury.idOf(_claim, 1);
    }

    function _seated() private {
        _seat(_id, block.number + 4);
    }

    function _expectStage(Stage stage) private view {
        (Stage actual,,) = jury.disputeOf(_id);
        vm.assertEq(uint256(actual), uint256(stage), "stage");
    }

    function _expectVerdict(Verdict verdict) private view {
        (, Verdict actual,) = jury.disputeOf(_id);
        vm.assertEq(uint256(actual), uint256(verdict), "verdict");
    }

    function testSeats() public {
        _expectStage(Stage.Seating);
        _seated();
        _expectStage(Stage.Seated);
        (,, uint256 seats) = jury.disputeOf(_id);
        vm.assertEq(seats, 7, "seats");
        for (uint256 i = 0; i < 7; i++) {
            (address juror, uint256 weight) = jury.jurorOf(_id, i);
            vm.assertEq(weight, 5000 ether, "weight");
            vm.assertEq(_locked(juror), 20 ether, "locked");
            vm.assertTrue(juror != _validatorOf(_claim, 0) && juror != _validatorOf(_claim, 1), "served");
            for (uint256 j = 0; j < i; j++) {
                (address other,) = jury.jurorOf(_id, j);
                vm.assertTrue(juror != other, "twice");
            }
        }
    }

    function _expectNoVote(uint256 seat) private {
        (address juror,) = jury.jurorOf(_id, seat);
        vm.prank(juror);
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.vote(_id, seat, OUTPUT);
    }

    function testMajorityDecidesAndIsPaid() public {
        _seated();
        _expectNoVote(0);
        _goToVotes(_id);
        // Four for the publisher's guilt, one against, one that doesn't reveal, one that doesn't vote.
        for (uint256 i = 0; i < 6; i++) {
            _vote(_id, i, i == 4 ? Verdict.Validator : Verdict.Publisher);
        }
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.reveal(_id, 0, Verdict.Publisher, SALT);
        _goToVoteReveals(_id);
        _expectNoVote(6);
        vm.expectPartialRevert(Jury.DoesNotOpen.selector);
        jury.reveal(_id, 0, Verdict.Validator, SALT);
        jury.reveal(_id, 4, Verdict.Validator, SALT);
        for (uint256 i = 0; i < 3; i++) {
            jury.reveal(_id, i, Verdict.Publisher, SALT);
            _expectStage(Stage.Seated);
        }
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.close(_id);
        // 4 of 7: certain, before the time is over.
        jury.reveal(_id, 3, Verdict.Publisher, SALT);
        _expectStage(Stage.Decided);
        _expectPhase(_claim, Phase.Refuted);
        vm.expectPartialRevert(Jury.DoesNotOpen.selector);
        jury.reveal(_id, 3, Verdict.Publisher, SALT);
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.close(_id);

        _goPastVoteReveals(_id);
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.reveal(_id, 5, Verdict.Publisher, SALT);
        vm.prank(MOVER);
        jury.close(_id);
        for (uint256 i = 0; i < 7; i++) {
            (address juror,) = jury.jurorOf(_id, i);
            vm.assertEq(jury.accountOf(juror), i < 4 ? 35 ether : 0, "140 among four");
            vm.assertEq(_stake(juror), i < 5 ? 5000 ether : 4980 ether, "the silent two lose their locks");
            vm.assertEq(_locked(juror), 0, "free");
        }
        vm.assertEq(jury.accountOf(MOVER), 1 ether, "tip");
        vm.assertEq(jury.unburned(), 39 ether, "rest of the locks");
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.close(_id);
    }

    function testNoMajorityIsNonDeterminism() public {
        _seated();
        _goToVotes(_id);
        for (uint256 i = 0; i < 7; i++) {
            _vote(_id, i, Verdict(i % 3));
        }
        _goToVoteReveals(_id);
        for (uint256 i = 0; i < 7; i++) {
            jury.reveal(_id, i, Verdict(i % 3), SALT);
        }
        _expectStage(Stage.Seated);
        _goPastVoteReveals(_id);
        jury.close(_id);
        _expectVerdict(Verdict.NonDeterminism);
        _expectPhase(_claim, Phase.Drawing);
        // A round's pay is 10.5, among the three that said so.
        (address juror,) = jury.jurorOf(_id, 0);
        vm.assertEq(jury.accountOf(juror), 3.5 ether, "paid");
        vm.assertEq(jury.unburned(), 0, "nothing is left");
    }

    /// @dev Jurors judge by rebuilding, so of each class they have as long as its validators, and the claim waits for
    /// them: by hand from Defaults, 10 minutes · 2^class besides an hour and two quarters.
    function testJurorsHaveTheTimeOfABuild() public {
        _fund(publisher, 10_000 ether);
        for (uint8 class = 0; class <= 8; class++) {
            bytes32 derivation = bytes32(uint256(class));
            bytes32 commitment = _claimCommitment(publisher, derivation, OTHER, SALT);
            vm.prank(publisher);
            bytes32 claim = claims.publish(derivation, commitment, class);
            uint256 number = _report(claim, OUTPUT);
            _stop(claim);
            _reveal(claim, number, OUTPUT);
            claims.open(claim, derivation, OTHER, SALT);
            bytes32 id = jury.idOf(claim, number);
            _seat(id, jury.seatedBy(id));
            vm.assertEq(jury.seatedBy(id), 0, "seated");
            uint256 latest = vm.getBlockTimestamp() + 1 hours + uint256(10 minutes) * 2 ** class + 15 minutes;
            (uint256 from, uint256 until, uint256 revealsUntil) = jury.timesOf(id);
            vm.assertEq(from, vm.getBlockTimestamp() + 1 hours, "review");
            vm.assertEq(until, latest, "votes");
            vm.assertLe(revealsUntil, _head(claim).when, "the claim waits");
            // All of them need all of it, and meet the deadline.
            vm.warp(latest);
            (,, uint256 seats) = jury.disputeOf(id);
            for (uint256 i = 0; i < seats; i++) {
                _vote(id, i, Verdict.Publisher);
            }
            vm.warp(latest + 15 minutes);
            for (uint256 i = 0; i < seats; i++) {
                jury.reveal(id, i, Verdict.Publisher, SALT);
            }
            jury.close(id);
            _expectPhase(claim, Phase.Refuted);
            for (uint256 i = 0; i < seats; i++) {
                (address juror,) = jury.jurorOf(id, i);
                vm.assertEq(_stake(juror), 5000 ether, "nobody loses");
            }
        }
    }

    function testVotingIsOverWhenAllHaveVoted() public {
        _seated();
        _goToVotes(_id);
        (, uint256 latest,) = jury.timesOf(_id);
        for (uint256 i = 0; i < 7; i++) {
            _vote(_id, i, Verdict.NonDeterminism);
            // Changed, not cast twice.
            _vote(_id, i, Verdict.Publisher);
            (uint256 voted,) = jury.turnoutOf(_id);
            vm.assertEq(voted, i + 1, "turnout");
            (, uint256 until,) = jury.timesOf(_id);
            vm.assertEq(until, i < 6 ? latest : vm.getBlockTimestamp(), "until");
        }
        (bytes32 commitment, bool shown) = jury.voteOf(_id, 3);
        vm.assertEq(commitment, _voteCommitment(_id, 3, Verdict.Publisher), "the last one");
        vm.assertFalse(shown, "hidden");
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.reveal(_id, 0, Verdict.Publisher, SALT);
        _goToVoteReveals(_id);
        _expectNoVote(0);
        for (uint256 i = 0; i < 7; i++) {
            vm.expectPartialRevert(Jury.NotNow.selector);
            jury.close(_id);
            jury.reveal(_id, i, Verdict.Publisher, SALT);
        }
        (, shown) = jury.voteOf(_id, 3);
        vm.assertTrue(shown, "known");
        // Nothing is left to wait for.
        vm.prank(MOVER);
        jury.close(_id);
        vm.assertEq(jury.accountOf(MOVER), 0, "nobody was silent");
        _expectPhase(_claim, Phase.Refuted);
    }

    function testNothingIsNoVote() public {
        _seated();
        _goToVotes(_id);
        (address juror,) = jury.jurorOf(_id, 0);
        vm.prank(juror);
        vm.expectPartialRevert(Jury.DoesNotOpen.selector);
        jury.vote(_id, 0, 0);
    }

    function testSilentJuryIsNonDeterminism() public {
        _seated();
        _goPastVoteReveals(_id);
        vm.prank(MOVER);
        jury.close(_id);
        _expectVerdict(Verdict.NonDeterminism);
        vm.assertEq(jury.unburned() + jury.accountOf(MOVER), 10.5 ether + 140 ether, "pay and seven locks");
    }

    function testClaimThatDidNotWait() public {
        _seated();
        _pass(_claim);
        _advance(_claim);
        _expectPhase(_claim, Phase.Drawing);
        jury.close(_id);
        _expectVerdict(Verdict.NonDeterminism);
        vm.assertEq(claims.accountOf(address(jury)), 0, "unpaid");
        vm.assertEq(token.balanceOf(address(jury)), 140 ether, "the locks");
    }

    function testLateSeatingIsRepeatedThreeTimes() public {
        for (uint256 i = 0; i < 3; i++) {
            _expectStage(Stage.Seating);
            vm.roll(vm.getBlockNumber() + 300);
            jury.seat(_id, "");
        }
        _expectStage(Stage.Decided);
        _expectVerdict(Verdict.NonDeterminism);
        jury.close(_id);
        vm.assertEq(jury.unburned(), 10.5 ether, "nobody to pay");
        vm.expectPartialRevert(Jury.NotNow.selector);
        jury.seat(_id, "");
    }

    function testTooFewSeats() public {
        for (uint256 i = 0; i < 30; i++) {
            if (i == 11 || i == 12) continue;
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        vm.roll(vm.getBlockNumber() + 300);
        jury.seat(_id, "");
        _seated();
        _expectStage(Stage.Decided);
        _expectVerdict(Verdict.NonDeterminism);
        vm.assertEq(_locked(_validator(11)) + _locked(_validator(12)), 0, "released");
    }

    function testJurorsShareNoOperatorWithThoseThatServed() public {
        // Everybody but the validators of one operator is away; that operator's validator serves.
        address operator = vm.addr(5);
        token.transfer(operator, 50_000 ether);
        for (uint256 i = 40; i < 50; i++) {
            vm.prank(_validator(i));
            registry.accept(operator);
            vm.startPrank(operator);
            token.approve(address(registry), 5000 ether);
            registry.join(_validator(i), 5000 ether);
            vm.stopPrank();
        }
        for (uint256 i = 0; i < 30; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        vm.roll(vm.getBlockNumber() + 1);
        bytes32 claim = _publish(keccak256("two"), OTHER);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        claims.open(claim, keccak256("two"), OTHER, SALT);
        _id = jury.idOf(claim, 0);
        _seated();
        _expectVerdict(Verdict.NonDeterminism);
        _expectStage(Stage.Decided);
        for (uint256 i = 40; i < 50; i++) {
            vm.assertEq(_locked(_validator(i)), 0, "released");
        }
    }

    function testOnlyJurorsVoteAndOnlyClaimsOpen() public {
        _seated();
        _goToVotes(_id);
        vm.expectPartialRevert(Jury.NotAllowed.selector);
        jury.vote(_id, 0, OUTPUT);
        uint16[] memory served = new uint16[](1);
        vm.expectPartialRevert(Jury.NotAllowed.selector);
        jury.open(_claim, 5, publisher, served, 0);
    }

    /// @dev A vote copied from another seat, or from another chain, can't be opened.
    function testCopiedVotes() public {
        _seated();
        _goToVotes(_id);
        bytes32 copied = _voteCommitment(_id, 0, Verdict.Publisher);
        (address juror,) = jury.jurorOf(_id, 1);
        vm.prank(juror);
        jury.vote(_id, 1, copied);
        _vote(_id, 0, Verdict.Publisher);
        _goToVoteReveals(_id);
        vm.expectPartialRevert(Jury.DoesNotOpen.selector);
        jury.reveal(_id, 1, Verdict.Publisher, SALT);
        vm.chainId(77);
        vm.expectPartialRevert(Jury.DoesNotOpen.selector);
        jury.reveal(_id, 0, Verdict.Publisher, SALT);
    }

    /// @dev By hand: 10, 20, 100 → the largest becomes 29 of 59. 10, 20, 25 stays: 25 is below half of 55.
    function testCap() public pure {
        uint256[] memory weights = new uint256[](3);
        (weights[0], weights[1], weights[2]) = (10, 100, 20);
        vm.assertEq(Tally.cap(weights), 59, "total");
        vm.assertEq(weights[1], 29, "capped");
        (weights[0], weights[1], weights[2]) = (10, 25, 20);
        vm.assertEq(Tally.cap(weights), 55, "total");
        vm.assertEq(weights[1], 25, "kept");
    }

    function testFuzzNobodyDecidesAlone(uint96[7] memory stakes) public pure {
        uint256[] memory weights = new uint256[](7);
        for (uint256 i = 0; i < 7; i++) {
            weights[i] = uint256(stakes[i]) + 1;
        }
        uint256 total = Tally.cap(weights);
        uint256 sum = 0;
        for (uint256 i = 0; i < 7; i++) {
            vm.assertTrue(weights[i] * 2 < total, "below half");
            vm.assertLe(weights[i], uint256(stakes[i]) + 1, "never more");
            sum += weights[i];
        }
        vm.assertEq(sum, total, "sum");
    }

    function testTerms() public {
        for (uint256 i = 0; i < 10; i++) {
            Terms memory t = Defaults.terms();
            if (i == 0) t.minSeats = 2;
            if (i == 1) t.seats = 2;
            if (i == 2) t.tries = 6;
            if (i == 3) (t.seats, t.tries) = (33, 33);
            if (i == 4) t.lock = 0;
            if (i == 5) t.tip = t.lock + 1;
            if (i == 6) t.maxRequests = 0;
            if (i == 7) t.delay = 0;
            if (i == 8) t.voteTime = 0;
            if (i == 9) t.delay = 33;
            vm.prank(address(timelock));
            vm.expectPartialRevert(Jury.BadTerms.selector);
            jury.setTerms(t);
        }
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        jury.setTerms(Defaults.terms());
        // A dispute keeps the terms of its beginning.
        Terms memory next = Defaults.terms();
        next.lock = 77 ether;
        vm.prank(address(timelock));
        jury.setTerms(next);
        _seated();
        (address juror,) = jury.jurorOf(_id, 0);
        vm.assertEq(_locked(juror), 20 ether, "old lock");
    }
}
