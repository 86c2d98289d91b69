// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The build time that a valid claim credits
/// @notice Every validator of a claim is credited the mean of the reported times, whatever it reported itself. A figure
/// more than 4 median absolute deviations off the median is clipped to that bound first.
library BuildTimes {
    /// @notice The credited time and the median, in seconds, rounded down.
    /// @param times at least one, at most 64; sorted in place
    function meanAndMedian(uint256[] memory times) internal pure returns (uint256 mean, uint256 median) {
        uint256 n = times.length;
        median = _median(times);
        uint256[] memory deviations = new uint256[](n);
        for (uint256 i = 0; i < n; i++) {
            deviations[i] = times[i] > median ? times[i] - median : median - times[i];
        }
        uint256 bound = 4 * _median(deviations);
        uint256 low = median > bound ? median - bound : 0;
        uint256 high = median + bound;
        for (uint256 i = 0; i < n; i++) {
            mean += times[i] < low ? low : times[i] > high ? high : times[i];
        }
        mean /= n;
    }

    /// @dev Sorts by insertion: there are two on average.
    function _median(uint256[] memory values) private pure returns (uint256) {
        uint256 n = values.length;
        for (uint256 i = 1; i < n; i++) {
            uint256 value = values[i];
            uint256 j = i;
            for (; j > 0 && values[j - 1] > value; j--) {
                values[j] = values[j - 1];
            }
            values[j] = value;
        }
        return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    }
}
