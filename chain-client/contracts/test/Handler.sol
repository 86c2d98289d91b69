// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ending, Head, Phase, Rules, Status, Verdict} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Stage} from "../src/jury/JuryTypes.sol";
import {System} from "./System.sol";

/// @title A small world with honest and other people, moved by whatever the fuzzer calls
/// @notice Of 24 validators the first 18 are honest: before time passes they do what is due. The others build wrongly,
/// stay silent, decline, copy or leave as the fuzzer wants. Honest jurors know the truth; the others say
/// non-determinism or nothing, so that they never are a majority against it. Every eighth derivation gives another
/// output each time.
contract Handler is System {
    uint256 public constant VALIDATORS = 24;
    uint256 public constant HONEST = 18;
    uint96 public constant STAKE = 8000 ether;
    uint256 private constant MAX_CLAIMS = 16;

    bytes32[] public ids;
    bytes32[] public disputes;
    mapping(bytes32 claim => bytes32) private _saltOf;
    mapping(bytes32 claim => bytes32 derivation) public derivationOf;
    mapping(bytes32 claim => bytes32 output) public publishedOf;
    mapping(bytes32 claim => bool) public honestPublisher;
    mapping(bytes32 claim => uint256) public ownDraws;
    mapping(bytes32 claim => mapping(uint256 number => bool)) public copied;
    mapping(bytes32 dispute => uint256) public paidBySponsor;
    mapping(bytes32 claim => mapping(uint256 number => bytes32 output)) private _built;
    mapping(bytes32 claim => mapping(uint256 number => uint32 time)) private _times;
    mapping(bytes32 dispute => mapping(uint256 seat => Verdict)) private _votes;
    mapping(bytes32 dispute => mapping(uint256 seat => bool)) private _voted;

    address public immutable trader = address(0x7AADE5);
    uint256 public minted;
    uint256 public burnedTotal;
    uint256 public firstPeriod;
    mapping(uint256 period => uint256) public mintedIn;
    uint256 private _salt;

    constructor() {
        setUp();
        // Fewer rounds than by default, so that claims come to their end.
        Rules memory rules = Defaults.rules();
        rules.maxRounds = 3;
        vm.prank(address(timelock));
        claims.setRules(rules);
        firstPeriod = registry.currentPeriod();
        for (uint256 i = 0; i < VALIDATORS; i++) {
            _join(_validator(i), STAKE);
        }
        vm.roll(vm.getBlockNumber() + 1);
        _fund(publisher, 100_000 ether);
        token.transfer(trader, 1_000_000 ether);
        vm.prank(trader);
        token.approve(address(market), type(uint256).max);
    }

    // What the fuzzer may call.

    function publish(uint256 seed, bool honest) external {
        if (ids.length == MAX_CLAIMS) return;
        bytes32 derivation = keccak256(abi.encode("derivation", ids.length % 8));
        bytes32 output = honest ? _truth(derivation) : keccak256(abi.encode("wrong", seed % 2));
        bytes32 salt = bytes32(++_salt);
        bytes32 commitment = _claimCommitment(publisher, derivation, output, salt);
        vm.prank(publisher);
        bytes32 claim = claims.publish(derivation, commitment, uint8(seed % 9));
        ids.push(claim);
        (derivationOf[claim], publishedOf[claim], honestPublisher[claim]) = (derivation, output, honest);
        _saltOf[claim] = salt;
    }

    /// @dev Four actions that make a claim go on; with fewer not many would come far.
    function step(uint256 which, uint256 seed) external {
        if (ids.length == 0) return;
        for (uint256 i = 0; i < 4; i++) {
            _step(ids[which % ids.length], uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function _step(bytes32 claim, uint256 seed) private {
        Head memory head = claims.headOf(claim);
        if (head.phase != Phase.Drawing && head.when < vm.getBlockTimestamp()) {
            _tryAdvance(claim);
        } else if (head.phase == Phase.Drawing) {
            if (vm.getBlockNumber() < head.when) vm.roll(head.when);
            if (vm.getBlockNumber() > head.when && vm.getBlockNumber() <= uint256(head.when) + 256) {
                vm.roll(vm.getBlockNumber() + 257);
            }
            vm.prevrandao(keccak256(abi.encode(seed)));
            if (seed % 2 == 0 && _serve(claim, head.reports, seed)) return;
            if (seed % 4 == 1 && _finish(claim, head)) return;
            vm.prank(MOVER);
            claims.advance(claim, "");
        } else if (head.phase == Phase.Building) {
            _build(claim, head, seed);
        } else if (head.phase == Phase.Revealing) {
            if (seed % 4 == 1 && _finish(claim, head)) return;
            _revealOne(claim, head, seed);
        } else if (head.phase == Phase.Opening) {
            claims.open(claim, derivationOf[claim], publishedOf[claim], _saltOf[claim]);
        } else if (head.phase == Phase.Disputed) {
            _judge(claim, head, seed);
        }
    }

    /// @dev Time passes; who is honest has done what was due. Then one claim is moved on.
    function pass(uint256 which, uint24 time) external {
        _passTo(vm.getBlockTimestamp() + time);
        vm.roll(vm.getBlockNumber() + 1 + time % 20);
        if (ids.length > 0) _tryAdvance(ids[which % ids.length]);
        _closeAll();
    }

    function trade(uint256 which, uint256 seed, uint96 amount) external {
        if (ids.length == 0) return;
        bytes32 claim = ids[which % ids.length];
        bytes32 dispute = jury.idOf(claim, claims.headOf(claim).pool);
        vm.startPrank(trader);
        if (market.marketOf(dispute).sponsor == address(0)) {
            uint256 before = token.balanceOf(trader);
            try market.open(claim, claims.headOf(claim).pool, 1 ether + amount % 1000 ether, "") {
                disputes.push(dispute);
                paidBySponsor[dispute] = before - token.balanceOf(trader);
            } catch {}
        } else if (seed % 3 == 0) {
            try market.sell(dispute, Verdict((seed >> 8) % 3), amount % 100 ether, 0) {} catch {}
        } else {
            try market.buy(dispute, Verdict((seed >> 8) % 3), amount % 100 ether, type(uint256).max) {} catch {}
        }
        vm.stopPrank();
    }

    function settleMarket(uint256 which) external {
        if (disputes.length == 0) return;
        bytes32 dispute = disputes[which % disputes.length];
        try market.settle(dispute) {} catch {}
        vm.startPrank(trader);
        try market.redeem(dispute) {} catch {}
        vm.stopPrank();
    }

    function take(uint256 which, uint256 period) external {
        period = firstPeriod + period % (registry.currentPeriod() - firstPeriod + 1);
        try rewards.take(period, _validator(which % VALIDATORS)) returns (uint256 share) {
            minted += share;
            mintedIn[period] += share;
        } catch {}
    }

    function comeAndGo(uint256 which, uint256 what) external {
        address validator = _validator(which % VALIDATORS);
        vm.startPrank(validator);
        if (what % 3 == 0) {
            try registry.pause(validator) {} catch {}
        } else if (what % 8 == 1 && which % VALIDATORS >= HONEST) {
            try registry.drain(validator) {} catch {}
        } else {
            try registry.resume(validator) {} catch {}
        }
        vm.stopPrank();
        vm.startPrank(validator);
        if (which % VALIDATORS >= HONEST) {
            try registry.unstake(validator) {} catch {}
        }
        vm.stopPrank();
    }

    function withdrawAndBurn(uint256 part) external {
        uint256 amount = claims.accountOf(MOVER) * (part % 101) / 100;
        vm.prank(MOVER);
        claims.withdraw(amount);
        uint256 before = token.totalSupply();
        claims.burn();
        jury.burn();
        burnedTotal += before - token.totalSupply();
    }

    // What follows is how people behave.

    function _truth(bytes32 derivation) private pure returns (bytes32) {
        return keccak256(abi.encode("truth", derivation));
    }

    function _isRandom(bytes32 derivation) private pure returns (bool) {
        return derivation == keccak256(abi.encode("derivation", 7));
    }

    function isHonest(address validator) public pure returns (bool) {
        for (uint256 i = 0; i < HONEST; i++) {
            if (validator == _validator(i)) return true;
        }
        return false;
    }

    /// @dev Who is drawn, if anybody is, commits in the same transaction.
    function _serve(bytes32 claim, uint256 number, uint256 seed) private returns (bool) {
        bytes32 derivation = derivationOf[claim];
        bytes32 output = _isRandom(derivation) ? keccak256(abi.encode("random", claim, number)) : _truth(derivation);
        uint32 time = uint32(seed >> 32);
        bytes32 commitment = _reportCommitment(claim, number, output, time, SALT);
        for (uint256 i = 0; i < VALIDATORS; i++) {
            vm.prank(_validator(i));
            try claims.serve(claim, "", commitment) {
                (_built[claim][number], _times[claim][number]) = (output, time);
                ownDraws[claim]++;
                return true;
            } catch {}
        }
        return false;
    }

    /// @dev Whoever knows everything ends it, if all agree.
    function _finish(bytes32 claim, Head memory head) private returns (bool) {
        uint256 n = 0;
        for (uint256 i = 0; i < head.reports; i++) {
            if (_waits(claim, head, i)) n++;
        }
        Ending memory e =
            Ending(derivationOf[claim], publishedOf[claim], _saltOf[claim], new uint32[](n), new bytes32[](n));
        n = 0;
        for (uint256 i = 0; i < head.reports; i++) {
            if (_waits(claim, head, i)) (e.times[n], e.salts[n++]) = (_times[claim][i], SALT);
        }
        vm.prank(MOVER);
        try claims.finish(claim, "", e) {
            return true;
        } catch {
            return false;
        }
    }

    function _waits(bytes32 claim, Head memory head, uint256 i) private view returns (bool) {
        (, uint8 round, Status status,,) = claims.reportOf(claim, i);
        return round == head.round && status == Status.Committed;
    }

    function _build(bytes32 claim, Head memory head, uint256 seed) private {
        uint256 number = head.reports - 1;
        address validator = _validatorOf(claim, number);
        bytes32 derivation = derivationOf[claim];
        bytes32 output = _isRandom(derivation) ? keccak256(abi.encode("random", claim, number)) : _truth(derivation);
        if (!isHonest(validator)) {
            if (seed % 4 == 0) {
                vm.prank(validator);
                claims.decline(claim);
                return;
            }
            if (seed % 4 == 1) output = keccak256(abi.encode("wrong", seed % 2));
            if (seed % 4 == 2 && number > 0) {
                // Copies a commitment, which it can't open.
                (,,,, bytes24 commitment_) = claims.reportOf(claim, number - 1);
                // It will show what the other one shows.
                (_built[claim][number], _times[claim][number]) = (_built[claim][number - 1], _times[claim][number - 1]);
                copied[claim][number] = true;
                vm.prank(validator);
                claims.commit(claim, commitment_);
                return;
            }
        }
        uint32 time = uint32(seed >> 32);
        (_built[claim][number], _times[claim][number]) = (output, time);
        bytes32 commitment = _reportCommitment(claim, number, output, time, SALT);
        vm.prank(validator);
        claims.commit(claim, commitment);
    }

    function _revealOne(bytes32 claim, Head memory head, uint256 seed) private {
        uint256 number = seed % head.reports;
        for (uint256 i = 0; i < head.reports && _status(claim, number) != Status.Committed; i++) {
            number = (number + 1) % head.reports;
        }
        try claims.reveal(claim, number, _built[claim][number], _times[claim][number], SALT) {} catch {}
    }

    function _judge(bytes32 claim, Head memory head, uint256 seed) private {
        bytes32 id = jury.idOf(claim, head.pool);
        (Stage stage,, uint256 seats) = jury.disputeOf(id);
        if (stage == Stage.Seating) {
            vm.roll(vm.getBlockNumber() + 4);
            vm.prevrandao(keccak256(abi.encode(seed)));
            try jury.seat(id, "") {}
            catch {
                vm.roll(vm.getBlockNumber() + 257);
                jury.seat(id, "");
            }
            return;
        }
        uint256 rebuilt = _rebuiltBy(claim, id);
        if (vm.getBlockTimestamp() < rebuilt) return _passTo(rebuilt);
        _voteAll(claim, head.pool, id, seats, seed);
        (, uint256 until,) = jury.timesOf(id);
        if (vm.getBlockTimestamp() <= until) _passTo(until + 1);
        _revealVotes(id, seats);
    }

    /// @dev Honest jurors are no faster than a validator must be, and begin when they are seated.
    function _rebuiltBy(bytes32 claim, bytes32 id) private view returns (uint256) {
        (uint256 from,,) = jury.timesOf(id);
        uint256 build = uint256(Defaults.rules().buildTime) << (claims.headOf(claim).flags & 0x7f);
        uint256 rebuilt = from - Defaults.terms().reviewTime + build;
        return rebuilt > from ? rebuilt : from;
    }

    function _voteAll(bytes32 claim, uint256 report, bytes32 id, uint256 seats, uint256 seed) private {
        (uint256 from, uint256 until,) = jury.timesOf(id);
        if (vm.getBlockTimestamp() < from || vm.getBlockTimestamp() > until) return;
        (,,,, bytes24 output) = claims.reportOf(claim, report);
        Verdict truth = output == bytes24(_truth(derivationOf[claim])) ? Verdict.Publisher : Verdict.Validator;
        if (_isRandom(derivationOf[claim])) truth = Verdict.NonDeterminism;
        // Both wrong: who is honest blames the report, then the publisher when its turn comes.
        for (uint256 i = 0; i < seats; i++) {
            (address juror,) = jury.jurorOf(id, i);
            bool honest = isHonest(juror);
            if (honest ? vm.getBlockTimestamp() < _rebuiltBy(claim, id) : seed % 2 == 0) continue;
            // Once is enough, and what is hidden stays what it was.
            if (_voted[id][i]) continue;
            _voted[id][i] = true;
            _votes[id][i] = honest ? truth : Verdict.NonDeterminism;
            bytes32 commitment = _voteCommitment(id, i, _votes[id][i]);
            vm.prank(juror);
            jury.vote(id, i, commitment);
        }
    }

    function _revealVotes(bytes32 id, uint256 seats) private {
        for (uint256 i = 0; i < seats; i++) {
            try jury.reveal(id, i, _votes[id][i], SALT) {} catch {}
        }
    }

    /// @dev Whatever honest people owe now: they don't let a deadline pass. Builds are done, votes are cast, hidden
    /// things shown when it's time, whether or not the fuzzer thought of it.
    function _duties() private {
        for (uint256 i = 0; i < ids.length; i++) {
            bytes32 claim = ids[i];
            Head memory head = claims.headOf(claim);
            if (head.when < vm.getBlockTimestamp() && head.phase != Phase.Drawing) continue;
            if (head.phase == Phase.Building && isHonest(_validatorOf(claim, head.reports - 1))) {
                _build(claim, head, 1 << 35);
            } else if (head.phase == Phase.Revealing) {
                for (uint256 j = 0; j < head.reports; j++) {
                    if (_status(claim, j) != Status.Committed || !isHonest(_validatorOf(claim, j))) continue;
                    if (claims.headOf(claim).phase == Phase.Revealing) _revealOne(claim, head, j);
                }
            }
            head = claims.headOf(claim);
            if (head.phase == Phase.Opening && honestPublisher[claim] && head.when >= vm.getBlockTimestamp()) {
                claims.open(claim, derivationOf[claim], publishedOf[claim], _saltOf[claim]);
            }
        }
        _juryDuties();
    }

    function _juryDuties() private {
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 reports = claims.headOf(ids[i]).reports;
            for (uint256 j = 0; j < reports; j++) {
                bytes32 id = jury.idOf(ids[i], j);
                (Stage stage,, uint256 seats) = jury.disputeOf(id);
                if ((stage != Stage.Seated && stage != Stage.Decided) || seats == 0) continue;
                _voteAll(ids[i], j, id, seats, 1);
                _revealVotes(id, seats);
            }
        }
    }

    /// @dev Lets time pass up to `target`, with a stop wherever a vote or its reveal becomes due.
    function _passTo(uint256 target) private {
        while (true) {
            _duties();
            uint256 next = target;
            for (uint256 i = 0; i < ids.length; i++) {
                uint256 reports = claims.headOf(ids[i]).reports;
                for (uint256 j = 0; j < reports; j++) {
                    next = _earlier(next, ids[i], jury.idOf(ids[i], j));
                }
            }
            if (next > vm.getBlockTimestamp()) vm.warp(next);
            if (next == target) return;
        }
    }

    function _earlier(uint256 next, bytes32 claim, bytes32 id) private view returns (uint256) {
        (Stage stage,, uint256 seats) = jury.disputeOf(id);
        if ((stage != Stage.Seated && stage != Stage.Decided) || seats == 0) return next;
        (, uint256 until,) = jury.timesOf(id);
        uint256 time = vm.getBlockTimestamp();
        uint256 rebuilt = _rebuiltBy(claim, id);
        if (rebuilt > time && rebuilt < next) return rebuilt;
        if (until + 1 > time && until + 1 < next) return until + 1;
        return next;
    }

    function _closeAll() private {
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 reports = claims.headOf(ids[i]).reports;
            for (uint256 j = 0; j < reports; j++) {
                try jury.close(jury.idOf(ids[i], j)) {} catch {}
            }
        }
    }

    function _tryAdvance(bytes32 claim) private {
        vm.prank(MOVER);
        try claims.advance(claim, "") {} catch {}
    }

    // What the invariants look at.

    function claimsHeld() external view returns (uint256 held, uint256 owed) {
        held = token.balanceOf(address(claims));
        owed = claims.unburned() + claims.accountOf(publisher) + claims.accountOf(MOVER)
            + claims.accountOf(address(jury)) + claims.accountOf(address(this));
        for (uint256 i = 0; i < ids.length; i++) {
            Head memory head = claims.headOf(ids[i]);
            if (head.phase >= Phase.Valid) continue;
            Rules memory r = claims.rulesOf(head.rules);
            uint256 round = (r.fee - uint256(r.maxSteps) * r.tip) / r.maxRounds;
            owed += r.publisherStake + r.fee - (head.steps - ownDraws[ids[i]]) * r.tip - head.round * round;
        }
    }

    function registryHeld() external view returns (uint256 held, uint256 owed) {
        held = token.balanceOf(address(registry));
        for (uint256 i = 0; i < VALIDATORS; i++) {
            owed += _stake(_validator(i));
        }
    }

    function juryHeld() external view returns (uint256 held, uint256 owed) {
        held = token.balanceOf(address(jury));
        owed = jury.unburned() + jury.accountOf(address(this)) + jury.accountOf(MOVER);
        for (uint256 i = 0; i < VALIDATORS; i++) {
            owed += jury.accountOf(_validator(i));
        }
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 reports = claims.headOf(ids[i]).reports;
            for (uint256 j = 0; j < reports; j++) {
                owed += jury.unpaid(jury.idOf(ids[i], j));
            }
        }
    }

    function marketHeld() external view returns (uint256 held, uint256 owed, bool solvent) {
        held = token.balanceOf(address(market));
        solvent = true;
        for (uint256 i = 0; i < disputes.length; i++) {
            owed += market.marketOf(disputes[i]).funds;
            for (uint256 j = 0; j < 3 && !market.marketOf(disputes[i]).settled; j++) {
                if (market.marketOf(disputes[i]).sold[j] > market.marketOf(disputes[i]).funds) solvent = false;
            }
        }
    }

    /// @dev The sponsor gets back what no share can claim, so it loses no more than it paid: b · ln 3, and what amounts
    /// are rounded up by.
    function lossIsBounded() external view returns (bool) {
        for (uint256 i = 0; i < disputes.length; i++) {
            uint256 b = market.marketOf(disputes[i]).b;
            // ln 3, by bc -l.
            if (paidBySponsor[disputes[i]] > b * 1_098_612_288_668_109_692 / 1e18 + b / 1e15 + 2) return false;
        }
        return true;
    }

    /// @dev A commitment taken over from somebody else has been opened.
    function copyOpened() external view returns (bool) {
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 reports = claims.headOf(ids[i]).reports;
            for (uint256 j = 0; j < reports; j++) {
                if (copied[ids[i]][j] && _status(ids[i], j) == Status.Revealed) return true;
            }
        }
        return false;
    }

    /// @dev A claim has taken more steps or rounds than its rules have.
    function overRun() external view returns (bool) {
        for (uint256 i = 0; i < ids.length; i++) {
            Head memory head = claims.headOf(ids[i]);
            Rules memory rules = claims.rulesOf(head.rules);
            if (head.steps > rules.maxSteps || head.round > rules.maxRounds) return true;
        }
        return false;
    }

    /// @dev Each open service's lock, counted from the claims' and the juries' side.
    function locks() external view returns (uint256 locked, uint256 services) {
        for (uint256 i = 0; i < VALIDATORS; i++) {
            locked += _locked(_validator(i));
        }
        for (uint256 i = 0; i < ids.length; i++) {
            Head memory head = claims.headOf(ids[i]);
            for (uint256 j = 0; j < head.reports; j++) {
                (, uint8 round, Status status,,) = claims.reportOf(ids[i], j);
                bool open = head.phase < Phase.Valid && round == head.round;
                bool serves = status == Status.Drawn || status == Status.Committed || status == Status.Revealed;
                if (open && serves) services += 500 ether;
                (Stage stage,, uint256 seats) = jury.disputeOf(jury.idOf(ids[i], j));
                if (stage == Stage.Seated || stage == Stage.Decided) services += seats * 20 ether;
            }
        }
    }

    function supply() external view returns (uint256 total, uint256 minted_) {
        return (token.totalSupply(), minted);
    }

    function honestLost() external view returns (bool) {
        for (uint256 i = 0; i < HONEST; i++) {
            if (_stake(_validator(i)) != STAKE) return true;
        }
        for (uint256 i = 0; i < ids.length; i++) {
            if (honestPublisher[ids[i]] && claims.headOf(ids[i]).phase == Phase.Refuted) return true;
        }
        return false;
    }

    function overMinted() external view returns (bool) {
        for (uint256 period = firstPeriod; period <= registry.currentPeriod(); period++) {
            if (mintedIn[period] > 100_000 ether) return true;
        }
        return false;
    }

    /// @dev From here on nobody does anything any more, and yet every claim and every jury comes to an end.
    function finish() external returns (uint256 longest) {
        for (uint256 i = 0; i < ids.length; i++) {
            uint256 steps = 0;
            while (claims.headOf(ids[i]).phase < Phase.Valid) {
                vm.warp(vm.getBlockTimestamp() + 3 days);
                vm.roll(vm.getBlockNumber() + 300);
                claims.advance(ids[i], "");
                steps++;
            }
            if (steps > longest) longest = steps;
        }
        vm.warp(vm.getBlockTimestamp() + 3 days);
        _closeAll();
    }

    function tally() external view returns (uint256[10] memory phases) {
        for (uint256 i = 0; i < ids.length; i++) {
            phases[uint256(claims.headOf(ids[i]).phase)]++;
        }
    }
}
