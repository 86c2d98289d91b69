// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {Claims} from "../claims/Claims.sol";
import {Verdict} from "../claims/ClaimTypes.sol";
import {Stage} from "../jury/JuryTypes.sol";
import {Jury} from "../jury/Jury.sol";
import {Lmsr} from "./Lmsr.sol";

/// @title The prediction market for disputes
/// @notice One market for each dispute, on what the jury will say. It informs; what counts is the jury's verdict. A
/// sponsor pays b · ln 3, the most that the market maker can lose, and gets back what's left. A share of the outcome
/// that comes true is worth one BCT.
/// @dev Solvency doesn't depend on rounding: the market holds sponsor's money + costUp(q) − costUp(0), costUp is at
/// least C, and C(q) is at least the largest q, so every share can be paid.
/// Trading ends with voting: later, votes are known and every trade would be a gift by the sponsor. Buyers and sellers
/// name the worst price they take, so being overtaken costs them no more than that.
/// Re-entrancy: shares and costs are changed before tokens move.
contract PredictionMarket {
    using SafeERC20 for IERC20;

    /// @dev cost: costUp(q), what the next trade starts from.
    struct Market {
        address sponsor;
        bool settled;
        Verdict outcome;
        bytes32 claim;
        uint256 report;
        uint256 b;
        uint256 cost;
        uint256 funds;
        uint256[3] sold;
    }

    /// @notice The token.
    IERC20 public immutable token;
    /// @notice Whose disputes these are.
    Claims public immutable claims;
    /// @notice Whose verdict counts.
    Jury public immutable jury;

    mapping(bytes32 dispute => Market) private _markets;
    /// @notice Who holds how many shares, in 10^-18.
    mapping(bytes32 dispute => mapping(Verdict outcome => mapping(address holder => uint256))) public sharesOf;

    /// @notice A market began. Evidence is the digest of a CID: both outputs and their structural difference.
    event MarketOpened(bytes32 indexed dispute, address indexed sponsor, uint256 b, bytes32 evidence);
    /// @notice Evidence by anybody, with or without a market.
    event EvidenceAdded(bytes32 indexed dispute, address indexed by, bytes32 evidence);
    /// @notice Shares were bought (positive) or sold.
    event Traded(bytes32 indexed dispute, address indexed trader, Verdict outcome, int256 shares, uint256 amount);
    /// @notice The outcome is known.
    event MarketSettled(bytes32 indexed dispute, Verdict outcome, uint256 left);
    /// @notice Shares were paid out.
    event Redeemed(bytes32 indexed dispute, address indexed holder, uint256 amount);

    /// @notice Thrown when a market doesn't exist, does already, or isn't open or settled as the call needs.
    error NotNow(bytes32 dispute);
    /// @notice Thrown when the price is worse than the caller takes.
    error WorsePrice(uint256 amount);
    /// @notice Thrown when an amount is out of its bounds.
    error BadAmount();

    constructor(IERC20 token_, Claims claims_, Jury jury_) {
        (token, claims, jury) = (token_, claims_, jury_);
    }

    /// @notice Opens the market of a dispute; the caller pays b · ln 3 and keeps what is left in the end.
    /// @param b liquidity: how much has to be bought to move prices; from 10^18 (1 BCT) to Lmsr.MAX_B
    /// @param evidence digest of a CID
    function open(bytes32 claim, uint256 report, uint256 b, bytes32 evidence) external returns (bytes32 dispute) {
        dispute = jury.idOf(claim, report);
        Market storage m = _markets[dispute];
        if (m.sponsor != address(0) || !_votesOpen(dispute) || !claims.isDisputed(claim, report)) {
            revert NotNow(dispute);
        }
        if (b < 1e18 || b > Lmsr.MAX_B) revert BadAmount();
        (m.sponsor, m.claim, m.report, m.b) = (msg.sender, claim, report, b);
        m.cost = Lmsr.costUp(m.sold, b);
        m.funds = m.cost;
        emit MarketOpened(dispute, msg.sender, b, evidence);
        token.safeTransferFrom(msg.sender, address(this), m.funds);
    }

    /// @notice Attaches evidence to a dispute. Anybody may, at any time and whether or not there is a market: where too
    /// few validators are left for a jury, the dispute is over before anybody could open one, and people still want
    /// to know in what the outputs differ.
    function addEvidence(bytes32 dispute, bytes32 evidence) external {
        (Stage stage,,) = jury.disputeOf(dispute);
        if (stage == Stage.None) revert NotNow(dispute);
        emit EvidenceAdded(dispute, msg.sender, evidence);
    }

    /// @notice Buys shares of an outcome.
    /// @param shares in 10^-18; one pays one BCT if the outcome comes true
    /// @param most what the caller pays at most
    /// @return amount what it paid
    function buy(bytes32 dispute, Verdict outcome, uint256 shares, uint256 most) external returns (uint256 amount) {
        Market storage m = _open(dispute);
        if (shares == 0 || shares > Lmsr.MAX_SHARES - m.sold[uint8(outcome)]) revert BadAmount();
        m.sold[uint8(outcome)] += shares;
        uint256 cost = Lmsr.costUp(m.sold, m.b);
        // Rounding may make it fall by a trifle; then nothing is paid, and what is held is more than needed.
        amount = cost > m.cost ? cost - m.cost : 0;
        if (amount > most) revert WorsePrice(amount);
        m.cost = cost;
        m.funds += amount;
        sharesOf[dispute][outcome][msg.sender] += shares;
        emit Traded(dispute, msg.sender, outcome, int256(shares), amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Sells shares back.
    /// @param least what the caller wants for them at least
    /// @return amount what it got
    function sell(bytes32 dispute, Verdict outcome, uint256 shares, uint256 least) external returns (uint256 amount) {
        Market storage m = _open(dispute);
        uint256 has = sharesOf[dispute][outcome][msg.sender];
        if (shares == 0 || shares > has) revert BadAmount();
        sharesOf[dispute][outcome][msg.sender] = has - shares;
        m.sold[uint8(outcome)] -= shares;
        uint256 cost = Lmsr.costUp(m.sold, m.b);
        amount = cost < m.cost ? m.cost - cost : 0;
        if (amount < least) revert WorsePrice(amount);
        m.cost = cost;
        m.funds -= amount;
        emit Traded(dispute, msg.sender, outcome, -int256(shares), amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @notice Takes over the verdict, and pays the sponsor what no share can claim. Anyone may.
    /// @dev Without a verdict by the jury, the claim went on as for non-determinism.
    function settle(bytes32 dispute) external returns (Verdict outcome) {
        Market storage m = _markets[dispute];
        if (m.sponsor == address(0) || m.settled) revert NotNow(dispute);
        Stage stage;
        (stage, outcome,) = jury.disputeOf(dispute);
        if (stage != Stage.Decided && stage != Stage.Closed) {
            if (claims.isDisputed(m.claim, m.report)) revert NotNow(dispute);
            outcome = Verdict.NonDeterminism;
        }
        (m.settled, m.outcome) = (true, outcome);
        uint256 left = m.funds - m.sold[uint8(outcome)];
        m.funds -= left;
        emit MarketSettled(dispute, outcome, left);
        token.safeTransfer(m.sponsor, left);
    }

    /// @notice Pays the caller's shares of the outcome that came true.
    function redeem(bytes32 dispute) external returns (uint256 amount) {
        Market storage m = _markets[dispute];
        if (!m.settled) revert NotNow(dispute);
        amount = sharesOf[dispute][m.outcome][msg.sender];
        sharesOf[dispute][m.outcome][msg.sender] = 0;
        m.funds -= amount;
        emit Redeemed(dispute, msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @notice What the market gives for the chance of an outcome, between 0 and 10^18.
    function priceOf(bytes32 dispute, Verdict outcome) external view returns (uint256) {
        Market storage m = _markets[dispute];
        if (m.sponsor == address(0)) revert NotNow(dispute);
        return Lmsr.price(m.sold, m.b, uint8(outcome));
    }

    /// @notice A market's state; amounts in 10^-18.
    function marketOf(bytes32 dispute) external view returns (Market memory) {
        return _markets[dispute];
    }

    function _open(bytes32 dispute) private view returns (Market storage m) {
        m = _markets[dispute];
        if (m.sponsor == address(0) || !_votesOpen(dispute) || !claims.isDisputed(m.claim, m.report)) {
            revert NotNow(dispute);
        }
    }

    /// @dev No vote can have been revealed yet.
    function _votesOpen(bytes32 dispute) private view returns (bool) {
        (Stage stage,,) = jury.disputeOf(dispute);
        (, uint256 votesUntil,) = jury.timesOf(dispute);
        return stage == Stage.Seating || (stage == Stage.Seated && block.timestamp <= votesUntil);
    }
}
