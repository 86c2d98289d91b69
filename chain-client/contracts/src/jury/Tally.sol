// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Weights of votes
library Tally {
    /// @notice Caps the largest weight just below half of the total, so that nobody decides alone.
    /// @param weights at least two, none 0; changed in place
    /// @return total of the capped weights
    function cap(uint256[] memory weights) internal pure returns (uint256 total) {
        uint256 largest = 0;
        for (uint256 i = 0; i < weights.length; i++) {
            total += weights[i];
            if (weights[i] > weights[largest]) largest = i;
        }
        uint256 others = total - weights[largest];
        if (weights[largest] >= others) {
            weights[largest] = others - 1;
            total = 2 * others - 1;
        }
    }
}
