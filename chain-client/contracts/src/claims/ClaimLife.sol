// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {Accounts} from "./Accounts.sol";
import {Arbiter} from "./Arbiter.sol";
import {Commitments} from "./Commitments.sol";
import {Claim, Ending, Head, MAX_STEPS, OPENED, Phase, Report, Reports, Rules, Status, Verdict} from "./ClaimTypes.sol";
import {Rulebook} from "./Rulebook.sol";
import {Randomness} from "../randomness/Randomness.sol";
import {ValidatorRegistry} from "../ValidatorRegistry.sol";
import {Verified} from "../Verified.sol";

/// @title What each step of a claim does
/// @notice Money of an open claim: publisherStake + fee − (steps − own draws) · tip − round · (a round's jury), all in
/// the rules of its version, so that nothing has to be counted.
/// @dev Every function works on a copy of the head that its caller stores afterwards. Other contracts are called on
/// the way (registry, verified, arbiter, token): all are this deployment's own and call nobody back but the arbiter,
/// whose `open` must not call `settle`. Every step either ends a wait that the rules bound or uses up one of maxSteps,
/// maxRounds or a report, so each claim ends.
abstract contract ClaimLife is Accounts, Rulebook {
    /// @notice Validators and their stakes.
    ValidatorRegistry public immutable registry;
    /// @notice Where draws and coins come from.
    Randomness public immutable randomness;
    /// @notice Who decides when outputs differ.
    Arbiter public immutable arbiter;
    /// @notice Where valid claims are recorded.
    Verified public immutable verified;

    mapping(bytes32 claim => Claim) internal _claims;

    /// @notice A claim began.
    event ClaimPublished(
        bytes32 indexed claim, bytes32 indexed derivation, address indexed publisher, bytes32 commitment, uint8 class
    );
    /// @notice The publisher's output is known.
    event OutputShown(bytes32 indexed claim, bytes32 output);
    /// @notice The randomness of this block decides what comes next.
    event DrawRequested(bytes32 indexed claim, uint256 decidedBy);
    /// @notice A validator has to build and commit before the deadline (seconds since 1970).
    event Drawn(bytes32 indexed claim, uint256 number, address indexed validator, uint256 deadline);
    /// @notice A validator committed to a report.
    event Committed(bytes32 indexed claim, uint256 number, bytes32 commitment);
    /// @notice A validator missed its deadline or declined.
    event Missed(bytes32 indexed claim, uint256 number);
    /// @notice The coin stopped; validators have to reveal before the deadline.
    event RevealsDue(bytes32 indexed claim, uint256 deadline);
    /// @notice A report is known.
    event Revealed(bytes32 indexed claim, uint256 number, bytes32 output, uint32 time);
    /// @notice The publisher has to open before the deadline.
    event OpeningDue(bytes32 indexed claim, uint256 deadline);
    /// @notice A validator lost its locked stake.
    event ReportSlashed(bytes32 indexed claim, uint256 number);
    /// @notice Outputs differ; the arbiter has until the deadline. What was reported stands in full in `Revealed`.
    event Disputed(bytes32 indexed claim, uint256 number, bytes32 published, bytes24 reported, uint256 deadline);
    /// @notice The arbiter answered.
    event Settled(bytes32 indexed claim, uint256 number, Verdict verdict);
    /// @notice The build times of a valid claim, in seconds: what each validator is credited, and the median.
    event Timed(bytes32 indexed claim, uint256 mean, uint256 median);
    /// @notice A claim came to its end.
    event Ended(bytes32 indexed claim, Phase phase);

    constructor(
        address owner,
        Rules memory first,
        ERC20Burnable token_,
        ValidatorRegistry registry_,
        Randomness randomness_,
        Arbiter arbiter_,
        Verified verified_
    ) Accounts(token_) Rulebook(owner, first) {
        (registry, randomness, arbiter, verified) = (registry_, randomness_, arbiter_, verified_);
    }

    /// @dev Asks for the next draw. Without steps left, what was reported has to do.
    function _request(bytes32 claim, Claim storage c, Head memory head, Rules storage rules) internal {
        if (head.steps >= rules.maxSteps) {
            if (_count(c, head, Status.Committed) > 0) _stop(claim, head, rules);
            else _end(claim, c, head, rules, Phase.Abandoned, rules.publisherStake);
            return;
        }
        head.pool = uint16(registry.slots());
        _goOn(claim, head, rules.delay);
    }

    /// @dev Asks for the next draw, among those that were there at the last one.
    function _requestAmongSame(bytes32 claim, Claim storage c, Head memory head, Rules storage rules) internal {
        if (head.steps >= rules.maxSteps) _request(claim, c, head, rules);
        else _goOn(claim, head, rules.delay);
    }

    function _goOn(bytes32 claim, Head memory head, uint8 delay) internal {
        head.phase = Phase.Drawing;
        head.when = uint32(block.number + delay);
        emit DrawRequested(claim, head.when);
    }

    /// @dev The coin, if the last one drawn has reported, and the draw; the caller is tipped.
    function _draw(bytes32 claim, Claim storage c, Head memory head, bytes calldata proof) internal {
        Rules storage rules = _rules[head.rules];
        accountOf[msg.sender] += rules.tip;
        if (randomness.isTooLate(head.when)) {
            head.steps++;
            return _request(claim, c, head, rules);
        }
        (bytes32 seed,) = _seed(claim, head, proof);
        if (_stops(c, head, rules, seed)) return _stop(claim, head, rules);
        (bool found, uint16 slot, address validator) = _pick(head, rules, keccak256(abi.encode(seed)), _served(c, head));
        if (!found) {
            // In a small network all may have served: what they reported has to do.
            if (_count(c, head, Status.Committed) > 0) return _stop(claim, head, rules);
            return _request(claim, c, head, rules);
        }
        uint256 number = head.reports++;
        c.reports[number] = Reports.drawn(slot, head.round, false);
        head.phase = Phase.Building;
        head.when = uint32(block.timestamp + _buildTime(head, rules));
        emit Drawn(claim, number, validator, head.when);
    }

    /// @dev The draw, carried out by who is drawn, together with its commitment. Nobody is tipped. As long as nobody
    /// else carries it out, no deadline runs for the validator.
    function _serve(bytes32 claim, Claim storage c, Head memory head, bytes calldata proof, bytes32 commitment)
        internal
        returns (bool)
    {
        (bytes32 seed, uint256 time) = _seed(claim, head, proof);
        return _commitDrawn(claim, c, head, seed, _passed(head, time), commitment);
    }

    function _commitDrawn(
        bytes32 claim,
        Claim storage c,
        Head memory head,
        bytes32 seed,
        uint32 passed,
        bytes32 commitment
    ) private returns (bool) {
        Rules storage rules = _rules[head.rules];
        if (_stops(c, head, rules, seed)) return false;
        (bool found, uint16 slot, address validator) = _pick(head, rules, keccak256(abi.encode(seed)), _served(c, head));
        if (!found || validator != msg.sender) return false;
        Report report = Reports.drawn(slot, head.round, true);
        c.reports[head.reports] = report.with(Status.Committed, passed, commitment);
        emit Drawn(claim, head.reports, msg.sender, block.timestamp);
        emit Committed(claim, head.reports++, commitment);
        _requestAmongSame(claim, c, head, rules);
        return true;
    }

    /// @dev Seconds since a draw was known; what a build may take at most where that isn't known.
    function _passed(Head memory head, uint256 since) private view returns (uint32) {
        uint256 most = _buildTime(head, _rules[head.rules]);
        uint256 passed = block.timestamp - since;
        return uint32(since == 0 || passed > most ? most : passed);
    }

    /// @dev What decides this step, and when it was known (0: the source doesn't say).
    function _seed(bytes32 claim, Head memory head, bytes calldata proof) private view returns (bytes32, uint256) {
        (bytes32 value, uint256 time) = randomness.valueOf(head.when, proof);
        return (keccak256(abi.encode(value, claim, head.steps++)), time);
    }

    /// @dev The coin: 32 bits of the seed; the draw uses the seed hashed once more.
    function _stops(Claim storage c, Head memory head, Rules storage rules, bytes32 seed) private view returns (bool) {
        if (head.reports == 0 || !_is(c.reports[head.reports - 1], head, Status.Committed)) return false;
        return uint32(uint256(seed)) >= rules.continueBelow;
    }

    function _pick(Head memory head, Rules storage rules, bytes32 seed, uint16[] memory served)
        private
        returns (bool, uint16, address)
    {
        uint256 requested = head.when - rules.delay;
        return registry.draw(seed, head.pool, requested, rules.validatorSlash, head.publisher, served);
    }

    /// @dev The coin stops, and the claim ends in the same transaction. Whether the coin does; the caller is tipped.
    function _stopsNow(bytes32 claim, Claim storage c, Head memory head, bytes calldata proof) internal returns (bool) {
        Rules storage rules = _rules[head.rules];
        (bytes32 seed,) = _seed(claim, head, proof);
        accountOf[msg.sender] += rules.tip;
        return _stops(c, head, rules, seed);
    }

    /// @dev All open to the same output, which isn't stored again: the end. Reports stay as they were committed.
    function _finish(bytes32 claim, Claim storage c, Head memory head, Ending calldata e) internal returns (bool) {
        uint16[] memory slots = new uint16[](head.reports);
        uint256[] memory times = new uint256[](head.reports);
        uint256 n = 0;
        uint256 opened = 0;
        for (uint256 i = 0; i < head.reports; i++) {
            Report report = c.reports[i];
            if (_is(report, head, Status.Revealed)) {
                if (report.answer() != bytes24(e.output)) return false;
                times[n] = report.time();
            } else if (_is(report, head, Status.Committed)) {
                uint32 time = e.times[opened];
                bytes32 commitment = Commitments.ofReport(claim, i, e.output, time, e.salts[opened++]);
                if (report.answer() != bytes24(commitment)) return false;
                emit Revealed(claim, i, e.output, time);
                times[n] = time < report.time() ? time : report.time();
            } else {
                continue;
            }
            slots[n++] = report.slot();
        }
        // At least one: the coin stops, and reveals are due, only after somebody has committed.
        assembly ("memory-safe") {
            mstore(slots, n)
            mstore(times, n)
        }
        emit OutputShown(claim, e.output);
        _valid(claim, c, head, slots, times, e.derivation, e.output);
        return true;
    }

    function _valid(
        bytes32 claim,
        Claim storage c,
        Head memory head,
        uint16[] memory slots,
        uint256[] memory times,
        bytes32 derivation,
        bytes32 output
    ) private {
        Rules storage rules = _rules[head.rules];
        (uint256 mean, uint256 median) = registry.credit(slots, rules.validatorSlash, times);
        emit Timed(claim, mean, median);
        _end(claim, c, head, rules, Phase.Valid, rules.publisherStake);
        verified.record(derivation, output, uint64(slots.length));
    }

    function _stop(bytes32 claim, Head memory head, Rules storage rules) private {
        head.phase = Phase.Revealing;
        head.when = uint32(block.timestamp + rules.revealTime);
        emit RevealsDue(claim, head.when);
    }

    /// @dev The drawn validator doesn't build. `mover` gets the tip; 0: nobody does.
    function _miss(bytes32 claim, Claim storage c, Head memory head, uint256 number, address mover) internal {
        Rules storage rules = _rules[head.rules];
        Report report = c.reports[number];
        c.reports[number] = report.with(Status.Missed);
        emit Missed(claim, number);
        registry.slash(report.slot(), rules.validatorSlash, rules.missSlash);
        _share(rules.missSlash, mover, mover == address(0) ? 0 : rules.defaultTip);
        _request(claim, c, head, rules);
    }

    /// @dev Slashes whoever committed and didn't reveal.
    function _slashSilent(bytes32 claim, Claim storage c, Head memory head) internal {
        Rules storage rules = _rules[head.rules];
        for (uint256 i = 0; i < head.reports; i++) {
            if (!_is(c.reports[i], head, Status.Committed)) continue;
            _slashReport(claim, c, i, rules);
            _share(rules.validatorSlash, msg.sender, rules.defaultTip);
        }
    }

    /// @dev All reports of the round are known or their authors slashed. The publisher comes last, so that a round
    /// without a report can be drawn anew while its output is still hidden.
    function _afterReveals(bytes32 claim, Claim storage c, Head memory head) internal {
        Rules storage rules = _rules[head.rules];
        if (_count(c, head, Status.Revealed) == 0) return _request(claim, c, head, rules);
        if (head.flags & OPENED != 0) return _evaluate(claim, c, head, c.derivation, c.output);
        head.phase = Phase.Opening;
        head.when = uint32(block.timestamp + rules.revealTime);
        emit OpeningDue(claim, head.when);
    }

    /// @dev All equal: valid. Otherwise the arbiter decides about the first that differs.
    function _evaluate(bytes32 claim, Claim storage c, Head memory head, bytes32 derivation, bytes32 output) internal {
        Rules storage rules = _rules[head.rules];
        uint256 agreeing = 0;
        for (uint256 i = 0; i < head.reports; i++) {
            if (!_is(c.reports[i], head, Status.Revealed)) continue;
            bytes24 reported = c.reports[i].answer();
            if (reported == bytes24(output)) {
                agreeing++;
                continue;
            }
            if (head.flags & OPENED == 0) {
                head.flags |= OPENED;
                (c.derivation, c.output) = (derivation, output);
            }
            head.phase = Phase.Disputed;
            head.pool = uint16(i);
            uint256 time = _buildTime(head, rules);
            head.when = uint32(block.timestamp + rules.disputeTime + time);
            emit Disputed(claim, i, output, reported, head.when);
            arbiter.open(claim, i, head.publisher, _served(c, head), time);
            return;
        }
        uint16[] memory slots = _slotsOf(c, head, agreeing);
        _valid(claim, c, head, slots, _timesOf(c, head, agreeing), derivation, output);
    }

    /// @dev Nobody is to blame: a new round, or the end. Returns what this round's jury costs.
    function _nonDeterminism(bytes32 claim, Claim storage c, Head memory head) internal returns (uint256 pay) {
        Rules storage rules = _rules[head.rules];
        pay = _juryFee(rules);
        _releaseRound(c, head, rules);
        head.round++;
        if (head.round == rules.maxRounds) _end(claim, c, head, rules, Phase.Unreproducible, rules.publisherStake);
        else _request(claim, c, head, rules);
    }

    /// @dev The publisher and all that agreed with it lose their stakes. Returns the jury's pay.
    function _refute(bytes32 claim, Claim storage c, Head memory head) internal returns (uint256 pay) {
        Rules storage rules = _rules[head.rules];
        for (uint256 i = 0; i < head.reports; i++) {
            if (!_is(c.reports[i], head, Status.Revealed) || c.reports[i].answer() != bytes24(c.output)) continue;
            _slashReport(claim, c, i, rules);
            unburned += rules.validatorSlash;
        }
        _releaseRound(c, head, rules);
        pay = rules.jurorPot;
        unburned += rules.publisherStake - pay;
        _end(claim, c, head, rules, Phase.Refuted, 0);
    }

    /// @dev The publisher didn't open: misbehaviour. Who agreed with it isn't known, so validators go free.
    function _refuteSilent(bytes32 claim, Claim storage c, Head memory head) internal {
        Rules storage rules = _rules[head.rules];
        _releaseRound(c, head, rules);
        _share(rules.publisherStake, msg.sender, rules.defaultTip);
        _end(claim, c, head, rules, Phase.Refuted, 0);
    }

    /// @dev One report is struck out and its author slashed; the claim goes on without it. Returns the jury's pay.
    function _strike(bytes32 claim, Claim storage c, Head memory head, uint256 number) internal returns (uint256 pay) {
        Rules storage rules = _rules[head.rules];
        pay = rules.jurorPot;
        _slashReport(claim, c, number, rules);
        unburned += rules.validatorSlash - pay;
        _afterReveals(claim, c, head);
    }

    /// @dev Gives the publisher back what it keeps, and burns what is left of the fee.
    function _end(bytes32 claim, Claim storage c, Head memory head, Rules storage rules, Phase phase, uint256 refund)
        private
    {
        head.phase = phase;
        head.when = uint32(block.timestamp);
        if (refund > 0) accountOf[head.publisher] += refund;
        uint256 tipped = head.steps;
        for (uint256 i = 0; i < head.reports; i++) {
            if (c.reports[i].own()) tipped--;
        }
        unburned += rules.fee - tipped * rules.tip - head.round * _juryFee(rules);
        emit Ended(claim, phase);
    }

    function _slashReport(bytes32 claim, Claim storage c, uint256 number, Rules storage rules) private {
        Report report = c.reports[number];
        c.reports[number] = report.with(Status.Slashed);
        emit ReportSlashed(claim, number);
        registry.slash(report.slot(), rules.validatorSlash, rules.validatorSlash);
    }

    function _releaseRound(Claim storage c, Head memory head, Rules storage rules) private {
        uint256 n = _count(c, head, Status.Revealed);
        registry.release(_slotsOf(c, head, n), rules.validatorSlash);
        for (uint256 i = 0; i < head.reports; i++) {
            Report report = c.reports[i];
            if (_is(report, head, Status.Revealed)) c.reports[i] = report.with(Status.Released);
        }
    }

    /// @dev Splits what was taken from a defaulter between the one who moved the claim on and the fire.
    function _share(uint256 amount, address mover, uint256 tip) private {
        if (tip > 0) accountOf[mover] += tip;
        unburned += amount - tip;
    }

    /// @dev What a round that ends in non-determinism pays its jury: an equal part of what the steps can't use up.
    function _juryFee(Rules storage rules) private view returns (uint256) {
        return (rules.fee - uint256(rules.maxSteps) * rules.tip) / rules.maxRounds;
    }

    /// @dev The times of the round's n revealed reports.
    function _timesOf(Claim storage c, Head memory head, uint256 n) private view returns (uint256[] memory times) {
        times = new uint256[](n);
        for (uint256 i = 0; i < head.reports; i++) {
            if (_is(c.reports[i], head, Status.Revealed)) times[--n] = c.reports[i].time();
        }
    }

    function _buildTime(Head memory head, Rules storage rules) internal view returns (uint256) {
        return uint256(rules.buildTime) << (head.flags & ~OPENED);
    }

    /// @dev How many reports of this round have a status.
    function _count(Claim storage c, Head memory head, Status status) internal view returns (uint256 n) {
        for (uint256 i = 0; i < head.reports; i++) {
            if (_is(c.reports[i], head, status)) n++;
        }
    }

    function _served(Claim storage c, Head memory head) private view returns (uint16[] memory slots) {
        slots = new uint16[](head.reports);
        for (uint256 i = 0; i < head.reports; i++) {
            slots[i] = c.reports[i].slot();
        }
    }

    /// @dev The slots of the round's n revealed reports.
    function _slotsOf(Claim storage c, Head memory head, uint256 n) private view returns (uint16[] memory slots) {
        slots = new uint16[](n);
        for (uint256 i = 0; i < head.reports; i++) {
            if (_is(c.reports[i], head, Status.Revealed)) slots[--n] = c.reports[i].slot();
        }
    }

    function _is(Report report, Head memory head, Status status) private pure returns (bool) {
        return report.status() == status && report.round() == head.round;
    }
}
