// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {ClaimLife} from "./ClaimLife.sol";
import {Commitments} from "./Commitments.sol";
import {Arbiter} from "./Arbiter.sol";
import {Claim, Ending, Head, Phase, Report, Rules, Status, Verdict} from "./ClaimTypes.sol";
import {Randomness} from "../randomness/Randomness.sol";
import {ValidatorRegistry} from "../ValidatorRegistry.sol";
import {Verified} from "../Verified.sol";

/// @title Claims: an output belongs to a derivation, because strangers rebuilt it
/// @notice A publisher stakes on an output without showing it; validators drawn at random rebuild the derivation and
/// commit to what they got; a coin decides after each whether another is drawn; then all show what they committed to.
/// If they agree the claim is valid, otherwise an arbiter decides. Every wait has an end that anyone can bring about
/// with `advance`, for a tip.
/// @dev What each step does to the state stands in ClaimLife; here is who may call it when. Several calls go into one
/// transaction by `multicall`.
contract Claims is ClaimLife, Multicall {
    /// @notice Thrown when a claim isn't in the phase that the call needs.
    error WrongPhase(bytes32 claim, Phase phase);
    /// @notice Thrown when the deadline has passed.
    error TooLateNow(bytes32 claim, uint256 deadline);
    /// @notice Thrown when there's nothing to move on yet.
    error NotYet(bytes32 claim, uint256 deadline);
    /// @notice Thrown when the caller isn't who the call needs.
    error NotYours(bytes32 claim, address caller);
    /// @notice Thrown when an opening doesn't belong to the commitment.
    error DoesNotOpen(bytes32 claim);
    /// @notice Thrown when the same claim was published before.
    error Published(bytes32 claim);
    /// @notice Thrown when the build class is larger than the rules allow.
    error BadClass(uint8 class);

    /// @param owner a time-locked contract
    /// @param first the first rules
    constructor(
        address owner,
        Rules memory first,
        ERC20Burnable token_,
        ValidatorRegistry registry_,
        Randomness randomness_,
        Arbiter arbiter_,
        Verified verified_
    ) ClaimLife(owner, first, token_, registry_, randomness_, arbiter_, verified_) {}

    /// @notice Claims an output without showing it. Takes stake and fee out of the caller's account.
    /// @param derivation digest of the derivation's CID
    /// @param commitment see Commitments.ofClaim, with the caller as publisher
    /// @param class build class: how long validators have
    /// @return claim the claim's id
    function publish(bytes32 derivation, bytes32 commitment, uint8 class) public returns (bytes32 claim) {
        Publishing memory rules = _publishing;
        if (class > rules.maxClass) revert BadClass(class);
        claim = Commitments.idOf(msg.sender, derivation, commitment);
        Claim storage c = _claims[claim];
        if (c.head.phase != Phase.None) revert Published(claim);
        _take(msg.sender, uint256(rules.publisherStake) + rules.fee);
        emit ClaimPublished(claim, derivation, msg.sender, commitment, class);
        Head memory head;
        (head.publisher, head.rules, head.flags) = (msg.sender, rules.version, class);
        head.pool = uint16(registry.slots());
        _goOn(claim, head, rules.delay);
        c.head = head;
    }

    /// @notice Claims an output in the open. Cheaper to follow, but validators can see what they should get.
    /// @dev The commitment has a salt of 0, so anyone can open it: there's nothing to hide and no way to default.
    function publishOpen(bytes32 derivation, bytes32 output, uint8 class) external returns (bytes32 claim) {
        claim = publish(derivation, Commitments.ofClaim(msg.sender, derivation, output, 0), class);
        emit OutputShown(claim, output);
    }

    /// @notice The drawn validator commits to what it built.
    /// @param commitment see Commitments.ofReport, with the number that `Drawn` told
    function commit(bytes32 claim, bytes32 commitment) external {
        (Claim storage c, Head memory head, uint256 number) = _building(claim);
        Rules storage rules = _rules[head.rules];
        if (block.timestamp > head.when) revert TooLateNow(claim, head.when);
        uint256 passed = block.timestamp + _buildTime(head, rules) - head.when;
        c.reports[number] = c.reports[number].with(Status.Committed, uint32(passed), commitment);
        emit Committed(claim, number, commitment);
        _requestAmongSame(claim, c, head, rules);
        c.head = head;
    }

    /// @notice The validator that the next draw draws carries it out itself, and commits to what it has built already.
    /// @dev Who is drawn is known from the block on that decides, so it needn't wait for a transaction to say so. Others
    /// can still carry out the draw by `advance`, from which on the validator has a deadline: to be slow gains nothing.
    /// @param proof of the randomness of the block that decides
    /// @param commitment see Commitments.ofReport, with the number of reports so far
    function serve(bytes32 claim, bytes calldata proof, bytes32 commitment) external {
        Claim storage c = _claims[claim];
        Head memory head = c.head;
        if (head.phase != Phase.Drawing) revert WrongPhase(claim, head.phase);
        if (!_serve(claim, c, head, proof, commitment)) revert NotYours(claim, msg.sender);
        c.head = head;
    }

    /// @notice The drawn validator says at once that it won't build. It loses what missing the deadline would cost.
    function decline(bytes32 claim) external {
        (Claim storage c, Head memory head, uint256 number) = _building(claim);
        _miss(claim, c, head, number, address(0));
        c.head = head;
    }

    /// @notice Shows a report. Anyone who knows the opening may: it can be nobody's but the validator's.
    /// @param number the report
    /// @param output digest of the output's CID
    /// @param time build time in seconds; more than passed between draw and commitment counts as that
    /// @param salt what hid it
    function reveal(bytes32 claim, uint256 number, bytes32 output, uint32 time, bytes32 salt) external {
        Claim storage c = _claims[claim];
        Head memory head = _inTime(claim, c, Phase.Revealing);
        Report report = c.reports[number];
        if (report.round() != head.round || report.status() != Status.Committed) revert DoesNotOpen(claim);
        bytes32 commitment = Commitments.ofReport(claim, number, output, time, salt);
        if (bytes24(commitment) != report.answer()) revert DoesNotOpen(claim);
        c.reports[number] = report.with(Status.Revealed, time < report.time() ? time : report.time(), output);
        emit Revealed(claim, number, output, time);
        if (_count(c, head, Status.Committed) > 0) return;
        _afterReveals(claim, c, head);
        c.head = head;
    }

    /// @notice Shows the publisher's output, once the validators have shown theirs. Anyone who knows the opening may.
    function open(bytes32 claim, bytes32 derivation, bytes32 output, bytes32 salt) external {
        Claim storage c = _claims[claim];
        Head memory head = _inTime(claim, c, Phase.Opening);
        _checkOpening(claim, head.publisher, derivation, output, salt);
        emit OutputShown(claim, output);
        _evaluate(claim, c, head, derivation, output);
        c.head = head;
    }

    /// @notice The end of a claim in which all agree, by whoever knows everything that was hidden: stops it if the coin
    /// does, shows all reports and the publisher's output.
    /// @dev The publisher may know the salts (docs/formats.md): by then it can't use what it learns.
    /// @param proof of the randomness of the block that decides; empty if the coin has stopped
    function finish(bytes32 claim, bytes calldata proof, Ending calldata ending) external {
        Claim storage c = _claims[claim];
        Head memory head = c.head;
        if (head.phase == Phase.Drawing) {
            if (!_stopsNow(claim, c, head, proof)) revert WrongPhase(claim, head.phase);
        } else {
            head = _inTime(claim, c, head.phase == Phase.Opening ? Phase.Opening : Phase.Revealing);
        }
        _checkOpening(claim, head.publisher, ending.derivation, ending.output, ending.salt);
        if (!_finish(claim, c, head, ending)) revert DoesNotOpen(claim);
        c.head = head;
    }

    /// @notice Moves a claim on: carries out a draw, or what follows when a deadline has passed. Anyone may, and gets
    /// a tip: for a draw out of the fee, otherwise out of the defaulter's stake.
    /// @param proof of the randomness of the block that decides; empty if none is needed
    function advance(bytes32 claim, bytes calldata proof) external {
        Claim storage c = _claims[claim];
        Head memory head = c.head;
        if (head.phase == Phase.Drawing) {
            _draw(claim, c, head, proof);
        } else {
            if (head.phase == Phase.None || head.phase >= Phase.Valid) revert WrongPhase(claim, head.phase);
            if (block.timestamp <= head.when) revert NotYet(claim, head.when);
            if (head.phase == Phase.Building) {
                _miss(claim, c, head, head.reports - 1, msg.sender);
            } else if (head.phase == Phase.Revealing) {
                _slashSilent(claim, c, head);
                _afterReveals(claim, c, head);
            } else if (head.phase == Phase.Opening) {
                _refuteSilent(claim, c, head);
            } else {
                unburned += _nonDeterminism(claim, c, head);
            }
        }
        c.head = head;
    }

    /// @notice The arbiter's answer; it is paid for it.
    /// @param number the disputed report
    /// @return pay what was paid to the arbiter's account, in 10^-18 BCT
    function settle(bytes32 claim, uint256 number, Verdict verdict) external returns (uint256 pay) {
        if (msg.sender != address(arbiter)) revert NotYours(claim, msg.sender);
        Claim storage c = _claims[claim];
        Head memory head = c.head;
        if (!isDisputed(claim, number)) revert WrongPhase(claim, head.phase);
        emit Settled(claim, number, verdict);
        if (verdict == Verdict.NonDeterminism) {
            pay = _nonDeterminism(claim, c, head);
        } else if (verdict == Verdict.Publisher) {
            pay = _refute(claim, c, head);
        } else {
            pay = _strike(claim, c, head, number);
        }
        c.head = head;
        accountOf[msg.sender] += pay;
    }

    /// @notice Whether the arbiter is asked about this report now.
    function isDisputed(bytes32 claim, uint256 number) public view returns (bool) {
        Head storage head = _claims[claim].head;
        return head.phase == Phase.Disputed && head.pool == number;
    }

    /// @notice Where a claim stands.
    function headOf(bytes32 claim) external view returns (Head memory) {
        return _claims[claim].head;
    }

    /// @notice A report's parts; `answer` is how the commitment begins, once revealed how the output does.
    function reportOf(bytes32 claim, uint256 number)
        external
        view
        returns (uint16 slot, uint8 round, Status status, uint32 time, bytes24 answer)
    {
        Report report = _claims[claim].reports[number];
        return (report.slot(), report.round(), report.status(), report.time(), report.answer());
    }

    function _checkOpening(bytes32 claim, address publisher, bytes32 derivation, bytes32 output, bytes32 salt)
        private
        view
    {
        bytes32 commitment = Commitments.ofClaim(publisher, derivation, output, salt);
        if (Commitments.idOf(publisher, derivation, commitment) != claim) revert DoesNotOpen(claim);
    }

    function _inTime(bytes32 claim, Claim storage c, Phase phase) private view returns (Head memory head) {
        head = c.head;
        if (head.phase != phase) revert WrongPhase(claim, head.phase);
        if (block.timestamp > head.when) revert TooLateNow(claim, head.when);
    }

    function _building(bytes32 claim) private view returns (Claim storage c, Head memory head, uint256 number) {
        c = _claims[claim];
        head = c.head;
        if (head.phase != Phase.Building) revert WrongPhase(claim, head.phase);
        number = head.reports - 1;
        if (registry.validatorAt(c.reports[number].slot()) != msg.sender) revert NotYours(claim, msg.sender);
    }
}
