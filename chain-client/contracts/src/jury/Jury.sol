// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {Accounts} from "../claims/Accounts.sol";
import {Arbiter} from "../claims/Arbiter.sol";
import {Claims} from "../claims/Claims.sol";
import {Verdict} from "../claims/ClaimTypes.sol";
import {Dispute, Juror, Stage, Terms} from "./JuryTypes.sol";
import {Tally} from "./Tally.sol";
import {Randomness} from "../randomness/Randomness.sol";
import {ValidatorRegistry} from "../ValidatorRegistry.sol";

/// @title The jury: validators drawn at random judge why two outputs differ
/// @notice Seats are drawn among validators that didn't serve on the claim and share no operator with those that did,
/// or with the publisher. After a time for review they commit to votes, then reveal. Jurors judge by rebuilding, so they
/// have as long to vote as a validator to build, and more; the time is over when all have voted. A verdict needs more
/// than half of the weight of all seats; otherwise it is non-determinism, which hurts nobody.
/// @dev Votes are hidden until all are cast, so nobody can follow the majority. Who doesn't vote or reveal loses its
/// lock; a minority vote costs nothing but the pay, since disagreeing must be possible, and so must being unable to
/// rebuild. `open` is called within a step of a claim, so it must never revert and never calls back.
contract Jury is Arbiter, Accounts, Ownable {
    bytes32 private constant VOTE = keccak256("Build Chain vote 1");

    /// @notice Whose disputes are judged.
    Claims public immutable claims;
    /// @notice Where jurors are drawn.
    ValidatorRegistry public immutable registry;
    /// @notice Where draws come from.
    Randomness public immutable randomness;

    /// @notice The version of the terms that new disputes get.
    uint8 public currentTerms;

    mapping(uint8 version => Terms) private _terms;
    mapping(bytes32 dispute => Dispute) private _disputes;

    /// @notice A dispute began; the randomness of the block draws its jury.
    event DisputeOpened(bytes32 indexed dispute, bytes32 indexed claim, uint256 report, uint256 decidedBy);
    /// @notice A validator has a seat: it votes from `from` to `to` (seconds since 1970).
    event Seated(
        bytes32 indexed dispute, uint256 seat, address indexed juror, uint256 weight, uint256 from, uint256 to
    );
    /// @notice A juror committed to a vote.
    event Voted(bytes32 indexed dispute, uint256 seat);
    /// @notice A vote is known.
    event VoteRevealed(bytes32 indexed dispute, uint256 seat, Verdict verdict);
    /// @notice The outcome is known.
    event Decided(bytes32 indexed dispute, Verdict verdict);
    /// @notice Jurors are paid, released or slashed.
    event DisputeClosed(bytes32 indexed dispute, uint256 majority, uint256 silent);
    /// @notice A new version of the terms.
    event TermsChanged(uint8 version, Terms terms);

    /// @notice Thrown when a caller may not do this.
    error NotAllowed(address caller);
    /// @notice Thrown when a dispute is in another stage, or it's too early or too late.
    error NotNow(bytes32 dispute);
    /// @notice Thrown when an opening doesn't belong to the commitment.
    error DoesNotOpen(bytes32 dispute);
    /// @notice Thrown when terms contradict each other.
    error BadTerms();

    /// @param owner a time-locked contract
    constructor(
        address owner,
        Terms memory first,
        ERC20Burnable token_,
        Claims claims_,
        ValidatorRegistry registry_,
        Randomness randomness_
    ) Accounts(token_) Ownable(owner) {
        (claims, registry, randomness) = (claims_, registry_, randomness_);
        _addTerms(0, first);
    }

    /// @notice Makes new terms, for disputes from now on. There can be 255 changes.
    function setTerms(Terms calldata next) external onlyOwner {
        _addTerms(++currentTerms, next);
    }

    /// @inheritdoc Arbiter
    function open(bytes32 claim, uint256 report, address publisher, uint16[] calldata served, uint256 buildTime)
        external
    {
        if (msg.sender != address(claims)) revert NotAllowed(msg.sender);
        bytes32 id = idOf(claim, report);
        Dispute storage d = _disputes[id];
        (d.claim, d.report, d.publisher, d.served, d.terms) = (claim, report, publisher, served, currentTerms);
        d.buildTime = uint32(buildTime);
        _request(d);
        emit DisputeOpened(id, claim, report, d.when);
    }

    /// @notice Draws the jury. Anyone may.
    /// @param proof of the randomness of the block that decides
    function seat(bytes32 id, bytes calldata proof) external {
        Dispute storage d = _in(id, Stage.Seating);
        if (randomness.isTooLate(d.when)) {
            if (d.requests == _terms[d.terms].maxRequests) return _decide(id, d, Verdict.NonDeterminism);
            return _request(d);
        }
        (bytes32 value,) = randomness.valueOf(d.when, proof);
        _seatAll(d, value, id);
        if (d.jurors.length < _terms[d.terms].minSeats) {
            _releaseAll(d);
            return _decide(id, d, Verdict.NonDeterminism);
        }
        Terms storage t = _terms[d.terms];
        d.stage = Stage.Seated;
        d.when = uint48(block.timestamp);
        d.votesUntil = uint48(block.timestamp + t.reviewTime + d.buildTime + t.voteTime);
        _weigh(id, d);
    }

    /// @notice A juror commits to a vote, after the time for review; to another one, until all have voted.
    /// @param number the juror's seat
    /// @param commitment Keccak-256 over the ABI encoding of Keccak-256("Build Chain vote 1"), chain id, this contract,
    /// dispute, seat, verdict, salt; not 0
    function vote(bytes32 id, uint256 number, bytes32 commitment) external {
        Dispute storage d = _disputes[id];
        (uint256 from, uint256 to,) = timesOf(id);
        if (d.stage != Stage.Seated || block.timestamp < from || block.timestamp > to) revert NotNow(id);
        Juror storage juror = d.jurors[number];
        if (registry.validatorAt(juror.slot) != msg.sender) revert NotAllowed(msg.sender);
        if (commitment == 0) revert DoesNotOpen(id);
        if (juror.commitment == 0 && ++d.voted == d.jurors.length) d.votesUntil = uint48(block.timestamp);
        juror.commitment = commitment;
        emit Voted(id, number);
    }

    /// @notice Shows a vote, once voting is over. Anyone who knows the opening may.
    function reveal(bytes32 id, uint256 number, Verdict verdict, bytes32 salt) external {
        Dispute storage d = _disputes[id];
        (, uint256 from, uint256 to) = timesOf(id);
        if (d.stage != Stage.Seated && d.stage != Stage.Decided) revert NotNow(id);
        if (block.timestamp <= from || block.timestamp > to) revert NotNow(id);
        Juror storage juror = d.jurors[number];
        bytes32 commitment = keccak256(abi.encode(VOTE, block.chainid, address(this), id, number, verdict, salt));
        if (juror.revealed || juror.commitment != commitment) revert DoesNotOpen(id);
        (juror.revealed, juror.verdict) = (true, verdict);
        d.revealed++;
        d.weightFor[uint8(verdict)] += juror.weight;
        emit VoteRevealed(id, number, verdict);
        // Early: nothing that is still hidden can change it.
        if (d.stage == Stage.Seated && d.weightFor[uint8(verdict)] * 2 > d.totalWeight) _decide(id, d, verdict);
    }

    /// @notice Ends a dispute when its time is over or all have revealed: decides it if the votes didn't, pays the
    /// majority, slashes who didn't vote or reveal, releases the others. Anyone may; if somebody was silent, for a tip.
    function close(bytes32 id) external {
        Dispute storage d = _disputes[id];
        if (d.stage != Stage.Seated && d.stage != Stage.Decided) revert NotNow(id);
        (,, uint256 end) = timesOf(id);
        if (d.revealed < d.jurors.length && block.timestamp <= end) revert NotNow(id);
        if (d.stage == Stage.Seated) _decide(id, d, Verdict.NonDeterminism);
        d.stage = Stage.Closed;
        _payAll(id, d, _terms[d.terms]);
    }

    /// @notice The name of a dispute.
    function idOf(bytes32 claim, uint256 report) public pure returns (bytes32) {
        return keccak256(abi.encode(claim, report));
    }

    /// @notice When a seated jury votes, and reveals: after `votesUntil`, until `revealsUntil` (seconds since 1970). Both
    /// come earlier when all have voted.
    function timesOf(bytes32 id) public view returns (uint256 votesFrom, uint256 votesUntil, uint256 revealsUntil) {
        Dispute storage d = _disputes[id];
        Terms storage t = _terms[d.terms];
        votesFrom = uint256(d.when) + t.reviewTime;
        votesUntil = d.votesUntil;
        revealsUntil = votesUntil + t.revealTime;
    }

    /// @notice The block whose randomness draws the jury; 0 if it is seated or there's no such dispute.
    function seatedBy(bytes32 id) external view returns (uint256) {
        Dispute storage d = _disputes[id];
        return d.stage == Stage.Seating ? d.when : 0;
    }

    /// @notice How many of the jurors have voted, and revealed.
    function turnoutOf(bytes32 id) external view returns (uint256 voted, uint256 revealed) {
        Dispute storage d = _disputes[id];
        return (d.voted, d.revealed);
    }

    /// @notice What a juror has committed to (0: nothing yet), and whether it has revealed.
    function voteOf(bytes32 id, uint256 number) external view returns (bytes32 commitment, bool revealed) {
        Juror storage j = _disputes[id].jurors[number];
        return (j.commitment, j.revealed);
    }

    /// @notice Where a dispute stands, its verdict (if decided), and how many seats it has.
    function disputeOf(bytes32 id) external view returns (Stage stage, Verdict verdict, uint256 seats) {
        Dispute storage d = _disputes[id];
        return (d.stage, d.verdict, d.jurors.length);
    }

    /// @notice What a decided dispute holds for its jurors until it's closed, in 10^-18 BCT.
    function unpaid(bytes32 id) external view returns (uint256) {
        Dispute storage d = _disputes[id];
        return d.stage == Stage.Decided ? d.pay : 0;
    }

    /// @notice Who has a seat, and with what weight in 10^-18 BCT.
    function jurorOf(bytes32 id, uint256 number) external view returns (address juror, uint256 weight) {
        Juror storage j = _disputes[id].jurors[number];
        return (registry.validatorAt(j.slot), j.weight);
    }

    function _addTerms(uint8 version, Terms memory t) private {
        // Two capped weights would make a majority impossible; see Tally.
        bool seats = t.minSeats >= 3 && t.seats >= t.minSeats && t.tries >= t.seats && t.seats <= 32;
        bool rest = t.lock > 0 && t.tip <= t.lock && t.maxRequests > 0 && t.delay > 0 && t.delay <= 32;
        if (!seats || !rest || t.voteTime == 0 || t.revealTime == 0) revert BadTerms();
        _terms[version] = t;
        emit TermsChanged(version, t);
    }

    function _in(bytes32 id, Stage stage) private view returns (Dispute storage d) {
        d = _disputes[id];
        if (d.stage != stage) revert NotNow(id);
    }

    function _request(Dispute storage d) private {
        d.stage = Stage.Seating;
        d.requests++;
        d.when = uint48(block.number + _terms[d.terms].delay);
        d.pool = uint16(registry.slots());
    }

    function _seatAll(Dispute storage d, bytes32 value, bytes32 id) private {
        Terms memory t = _terms[d.terms];
        uint16[] memory excluded = new uint16[](d.served.length + t.tries);
        address[] memory operators = new address[](d.served.length);
        for (uint256 i = 0; i < d.served.length; i++) {
            excluded[i] = d.served[i];
            operators[i] = registry.operatorOf(registry.validatorAt(d.served[i]));
        }
        // Entries not yet filled repeat one that's excluded anyway.
        for (uint256 i = d.served.length; i < excluded.length; i++) {
            excluded[i] = excluded[0];
        }
        for (uint256 i = 0; i < t.tries && d.jurors.length < t.seats; i++) {
            (bool found, uint16 slot, address juror) =
                _pick(d, t, keccak256(abi.encode(value, id, d.requests, i)), excluded);
            if (!found) return;
            excluded[d.served.length + i] = slot;
            if (_contains(operators, registry.operatorOf(juror))) registry.release(_one(slot), t.lock);
            else d.jurors.push(Juror(slot, false, Verdict.NonDeterminism, 0, 0));
        }
    }

    function _pick(Dispute storage d, Terms memory t, bytes32 seed, uint16[] memory excluded)
        private
        returns (bool, uint16, address)
    {
        return registry.draw(seed, d.pool, d.when - t.delay, t.lock, d.publisher, excluded);
    }

    function _weigh(bytes32 id, Dispute storage d) private {
        uint256[] memory weights = new uint256[](d.jurors.length);
        for (uint256 i = 0; i < weights.length; i++) {
            (weights[i],) = registry.stakeOf(registry.validatorAt(d.jurors[i].slot));
        }
        d.totalWeight = Tally.cap(weights);
        (uint256 from, uint256 to,) = timesOf(id);
        for (uint256 i = 0; i < weights.length; i++) {
            d.jurors[i].weight = uint96(weights[i]);
            emit Seated(id, i, registry.validatorAt(d.jurors[i].slot), weights[i], from, to);
        }
    }

    /// @dev If the claim didn't wait for the jury, what it took counts: non-determinism.
    function _decide(bytes32 id, Dispute storage d, Verdict verdict) private {
        bool waits = claims.isDisputed(d.claim, d.report);
        if (!waits) verdict = Verdict.NonDeterminism;
        (d.stage, d.verdict) = (Stage.Decided, verdict);
        emit Decided(id, verdict);
        if (!waits) return;
        d.pay = claims.settle(d.claim, d.report, verdict);
        claims.withdraw(d.pay);
    }

    function _payAll(bytes32 id, Dispute storage d, Terms storage t) private {
        uint256 majority = 0;
        uint256 silent = 0;
        for (uint256 i = 0; i < d.jurors.length; i++) {
            Juror storage juror = d.jurors[i];
            if (!juror.revealed) {
                registry.slash(juror.slot, t.lock, t.lock);
                silent++;
            } else {
                registry.release(_one(juror.slot), t.lock);
                if (juror.verdict == d.verdict) majority++;
            }
        }
        uint256 tip = silent > 0 ? t.tip : 0;
        accountOf[msg.sender] += tip;
        uint256 share = majority > 0 ? d.pay / majority : 0;
        for (uint256 i = 0; i < d.jurors.length; i++) {
            Juror storage juror = d.jurors[i];
            if (juror.revealed && juror.verdict == d.verdict) {
                accountOf[registry.operatorOf(registry.validatorAt(juror.slot))] += share;
            }
        }
        unburned += d.pay - share * majority + silent * uint256(t.lock) - tip;
        emit DisputeClosed(id, majority, silent);
    }

    function _releaseAll(Dispute storage d) private {
        for (uint256 i = 0; i < d.jurors.length; i++) {
            registry.release(_one(d.jurors[i].slot), _terms[d.terms].lock);
        }
        delete d.jurors;
    }

    function _one(uint16 slot) private pure returns (uint16[] memory list) {
        list = new uint16[](1);
        list[0] = slot;
    }

    function _contains(address[] memory list, address who) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i] == who) return true;
        }
        return false;
    }
}
