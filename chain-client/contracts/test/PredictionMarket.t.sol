// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Verdict} from "../src/claims/ClaimTypes.sol";
import {Lmsr} from "../src/market/Lmsr.sol";
import {PredictionMarket} from "../src/market/PredictionMarket.sol";
import {System} from "./System.sol";

/// @title The market, its maths and its money
contract PredictionMarketTest is System {
    uint256 private constant LN3_UP = 1.098_612_288_668_109_692 ether;

    bytes32 private _claim;
    bytes32 private _id;
    address private _sponsor;
    address private _trader;

    function setUp() public override {
        super.setUp();
        _joinMany(30);
        _claim = _dispute(OTHER, OTHER, OUTPUT);
        (_sponsor, _trader) = (vm.addr(50), vm.addr(51));
        for (uint256 i = 50; i < 52; i++) {
            token.transfer(vm.addr(i), 1_000_000 ether);
            vm.prank(vm.addr(i));
            token.approve(address(market), type(uint256).max);
        }
        vm.prank(_sponsor);
        _id = market.open(_claim, 1, 100 ether, "diff");
    }

    function _trade(bool buying, Verdict outcome, uint256 shares) private returns (uint256) {
        vm.prank(_trader);
        if (buying) return market.buy(_id, outcome, shares, type(uint256).max);
        return market.sell(_id, outcome, shares, 0);
    }

    /// @dev Expected values: mpmath 1.3, 40 digits, C(q) = b·ln Σ exp(q/b).
    function testCostsAndPrices() public pure {
        uint256[3] memory q;
        _expectCost(q, 100 ether, 109_861_228_866_810_969_140);
        q[1] = 50 ether;
        _expectCost(q, 100 ether, 129_437_676_941_764_318_048);
        vm.assertApproxEqAbs(Lmsr.price(q, 100 ether, 1), 451_862_761_877_606_043, 100, "price");
        q[0] = 30 ether;
        q[2] = 1000 ether;
        _expectCost(q, 100 ether, 1_000_013_612_605_936_847_924);
        q[0] = 0;
        q[1] = 3 ether;
        q[2] = 4 ether;
        _expectCost(q, 1 ether, 4_326_562_641_267_470_459);
        // So far apart that the others count for nothing.
        q[2] = 1e36;
        _expectCost(q, 1 ether, 1e36);
        vm.assertEq(Lmsr.price(q, 1 ether, 2), 1e18, "certain");
        vm.assertEq(Lmsr.price(q, 1 ether, 0), 0, "impossible");
    }

    function _expectCost(uint256[3] memory q, uint256 b, uint256 expected) private pure {
        uint256 cost = Lmsr.costUp(q, b);
        vm.assertGe(cost, expected, "never below");
        vm.assertLe(cost, expected + b / 1e15 + b / 1e17 + 3, "close");
    }

    function testFuzzCostIsMonotone(uint96[3] memory sold, uint96 more, uint256 b, uint256 which) public pure {
        b = 1e18 + b % 1e26;
        uint256[3] memory q = [uint256(sold[0]), sold[1], sold[2]];
        uint256 before = Lmsr.costUp(q, b);
        uint256 prices = Lmsr.price(q, b, 0) + Lmsr.price(q, b, 1) + Lmsr.price(q, b, 2);
        vm.assertApproxEqAbs(prices, 1e18, 3, "prices add up");
        for (uint256 i = 0; i < 3; i++) {
            vm.assertGe(before, q[i], "enough for each outcome");
        }
        q[which % 3] += more;
        uint256 later = Lmsr.costUp(q, b);
        vm.assertLe(before, later + b / 1e15, "more costs more");
        vm.assertLe(later, before + more + b / 1e15, "but never more than it can pay");
    }

    event EvidenceAdded(bytes32 indexed dispute, address indexed by, bytes32 evidence);

    /// @dev Everybody else is away, so no jury can be seated and no market opened in time.
    function testEvidenceNeedsNoMarket() public {
        for (uint256 i = 0; i < 30; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        for (uint256 i = 30; i < 32; i++) {
            _join(_validator(i), 5000 ether);
        }
        vm.roll(vm.getBlockNumber() + 1);
        bytes32 derivation = keccak256("two");
        bytes32 claim = _publish(derivation, OTHER);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        claims.open(claim, derivation, OTHER, SALT);
        bytes32 id = jury.idOf(claim, 0);
        _seat(id, jury.seatedBy(id));
        vm.assertFalse(claims.isDisputed(claim, 0), "over");
        vm.prank(_sponsor);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.open(claim, 0, 100 ether, "diff");
        vm.expectEmit(address(market));
        emit EvidenceAdded(id, _trader, "diff");
        vm.prank(_trader);
        market.addEvidence(id, "diff");
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.addEvidence("no dispute", "diff");
    }

    function testTradingAndPayout() public {
        vm.assertEq(market.priceOf(_id, Verdict.Publisher), 333_333_333_333_333_333, "a third each");
        vm.prank(_trader);
        vm.expectPartialRevert(PredictionMarket.WorsePrice.selector);
        market.buy(_id, Verdict.Publisher, 50 ether, 19 ether);
        uint256 paid = _trade(true, Verdict.Publisher, 50 ether);
        vm.assertApproxEqAbs(paid, 129_437_676_941_764_318_048 - 109_861_228_866_810_969_140, 1000, "by the rule");
        vm.prank(_trader);
        vm.expectPartialRevert(PredictionMarket.WorsePrice.selector);
        market.sell(_id, Verdict.Publisher, 50 ether, paid + 1000);
        uint256 got = _trade(false, Verdict.Publisher, 20 ether);
        vm.assertLe(got, paid, "back");
        vm.assertEq(market.sharesOf(_id, Verdict.Publisher, _trader), 30 ether, "shares");
        vm.prank(_trader);
        market.addEvidence(_id, "more");

        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.settle(_id);
        _judge(Verdict.Publisher);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        _trade(true, Verdict.Publisher, 1);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.redeem(_id);
        market.settle(_id);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.settle(_id);
        vm.startPrank(_trader);
        vm.assertEq(market.redeem(_id), 30 ether, "one each");
        vm.assertEq(market.redeem(_id), 0, "once");
        vm.stopPrank();
        vm.assertEq(token.balanceOf(address(market)), 0, "nothing stays behind");
        vm.assertEq(token.balanceOf(_trader), 1_000_000 ether - paid + got + 30 ether, "trader");
        vm.assertEq(token.balanceOf(_sponsor) + token.balanceOf(_trader), 2_000_000 ether, "between the two of them");
    }

    function _judge(Verdict verdict) private {
        _seat(_id, block.number + 4);
        _goToVotes(_id);
        for (uint256 i = 0; i < 4; i++) {
            _vote(_id, i, verdict);
        }
        _goToVoteReveals(_id);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        _trade(true, Verdict.Publisher, 1);
        for (uint256 i = 0; i < 4; i++) {
            jury.reveal(_id, i, verdict, SALT);
        }
    }

    function testWithoutAVerdictItWasNonDeterminism() public {
        _trade(true, Verdict.NonDeterminism, 5 ether);
        _trade(true, Verdict.Publisher, 9 ether);
        _pass(_claim);
        _advance(_claim);
        vm.assertTrue(market.settle(_id) == Verdict.NonDeterminism, "as the claim took it");
        vm.prank(_trader);
        vm.assertEq(market.redeem(_id), 5 ether, "paid");
    }

    function testOneMarketForEachOpenDispute() public {
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.open(_claim, 1, 100 ether, "");
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.open(_claim, 0, 100 ether, "");
        bytes32 none = keccak256("none");
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.buy(none, Verdict.Publisher, 1, 1);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.settle(none);
        vm.expectPartialRevert(PredictionMarket.NotNow.selector);
        market.priceOf(none, Verdict.Publisher);
    }

    function testBounds() public {
        vm.expectPartialRevert(PredictionMarket.BadAmount.selector);
        _trade(true, Verdict.Publisher, 0);
        vm.expectPartialRevert(PredictionMarket.BadAmount.selector);
        _trade(true, Verdict.Publisher, 1e36 + 1);
        vm.expectPartialRevert(PredictionMarket.BadAmount.selector);
        _trade(false, Verdict.Publisher, 1);
        bytes32 claim = _dispute(DERIVATION, DERIVATION, OUTPUT);
        vm.expectPartialRevert(PredictionMarket.BadAmount.selector);
        market.open(claim, 1, 1e18 - 1, "");
        vm.expectPartialRevert(PredictionMarket.BadAmount.selector);
        market.open(claim, 1, 1e33 + 1, "");
    }

    /// @dev Whatever is traded and however it ends, the sponsor loses at most b·ln 3 and every share is paid.
    function testFuzzLossIsBounded(uint256[12] memory trades, uint8 end) public {
        for (uint256 i = 0; i < trades.length; i++) {
            Verdict outcome = Verdict(trades[i] % 3);
            uint256 has = market.sharesOf(_id, outcome, _trader);
            bool selling = has > 0 && (trades[i] >> 8) % 3 == 0;
            // Some trades are large, some trifles.
            uint256 amount = uint256(uint128(trades[i] >> 16)) % (10 ** (1 + (trades[i] >> 240) % 22));
            amount = selling ? 1 + amount % has : 1 + amount;
            _trade(!selling, outcome, amount);
            PredictionMarket.Market memory m = market.marketOf(_id);
            for (uint256 j = 0; j < 3; j++) {
                vm.assertGe(m.funds, m.sold[j], "solvent whatever comes true");
            }
            vm.assertEq(token.balanceOf(address(market)), m.funds, "holds what it says");
        }
        Verdict truth = Verdict(end % 3);
        _judge(truth);
        market.settle(_id);
        vm.startPrank(_trader);
        market.redeem(_id);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(address(market)), 0, "nothing stays behind");
        uint256 loss = 1_000_000 ether > token.balanceOf(_sponsor) ? 1_000_000 ether - token.balanceOf(_sponsor) : 0;
        vm.assertLe(loss, 100 * LN3_UP + 100 ether / 1e15 + 1, "at most b ln 3");
    }
}
