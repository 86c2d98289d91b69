// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Build time credited to validators, by period
/// @notice Period n is [n·length, (n+1)·length) in seconds since 1970. What was credited in it decides how its mint is
/// shared.
abstract contract Credits {
    /// @notice Seconds in a period.
    uint32 public immutable periodLength;

    /// @notice Seconds credited to all in a period.
    mapping(uint256 period => uint256 seconds_) public totalCredit;
    /// @notice Seconds credited to a validator in a period.
    mapping(uint256 period => mapping(address validator => uint256 seconds_)) public creditOf;

    /// @notice Time was credited.
    event Credited(address indexed validator, uint256 indexed period, uint256 seconds_);

    constructor(uint32 periodLength_) {
        require(periodLength_ > 0);
        periodLength = periodLength_;
    }

    /// @notice The period that runs now; credits still come in.
    function currentPeriod() public view returns (uint256) {
        return block.timestamp / periodLength;
    }

    function _credit(address validator, uint256 time) internal {
        uint256 period = currentPeriod();
        totalCredit[period] += time;
        creditOf[period][validator] += time;
        emit Credited(validator, period, time);
    }
}
