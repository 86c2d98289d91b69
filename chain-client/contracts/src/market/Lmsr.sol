// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title The logarithmic market scoring rule for three outcomes
/// @notice R. Hanson, "Logarithmic market scoring rules for modular combinatorial information aggregation" (2002):
/// cost C(q) = b · ln Σ exp(q_i / b), price_i = exp(q_i / b) / Σ exp(q_j / b). Amounts in 10^-18.
/// @dev The largest q is taken out of the sum first, so no exponent is above 0 and nothing overflows.
library Lmsr {
    /// @notice b is at most this, so that no product below leaves 256 bits.
    uint256 internal constant MAX_B = 1e33;
    /// @notice No q_i may be above this.
    uint256 internal constant MAX_SHARES = 1e36;

    /// @notice A bound for C(q) from above, off by at most b · 10^-15 + 1: more than the error of exp and ln, which
    /// are right to some units of 10^-18.
    /// @param q shares sold of each outcome, at most MAX_SHARES
    /// @param b liquidity, above 0, at most MAX_B
    function costUp(uint256[3] memory q, uint256 b) internal pure returns (uint256) {
        (uint256 largest, uint256 sum) = _sum(q, b);
        // 1 ≤ sum ≤ 3 in 10^-18, so the logarithm is between 0 and ln 3.
        uint256 log = uint256(FixedPointMathLib.lnWad(int256(sum)));
        return largest + b * log / 1e18 + b / 1e15 + 1;
    }

    /// @notice The price of an outcome, between 0 and 10^18; the three add up to 10^18 but for rounding.
    function price(uint256[3] memory q, uint256 b, uint256 outcome) internal pure returns (uint256) {
        (uint256 largest, uint256 sum) = _sum(q, b);
        return _exp(largest - q[outcome], b) * 1e18 / sum;
    }

    function _sum(uint256[3] memory q, uint256 b) private pure returns (uint256 largest, uint256 sum) {
        largest = FixedPointMathLib.max(q[0], FixedPointMathLib.max(q[1], q[2]));
        sum = _exp(largest - q[0], b) + _exp(largest - q[1], b) + _exp(largest - q[2], b);
    }

    /// @dev exp(−x / b); exactly 1 for 0.
    function _exp(uint256 x, uint256 b) private pure returns (uint256) {
        uint256 exponent = x * 1e18 / b;
        // Below exp(-50) it is nothing in 10^-18.
        return exponent > 50e18 ? 0 : uint256(FixedPointMathLib.expWad(-int256(exponent)));
    }
}
