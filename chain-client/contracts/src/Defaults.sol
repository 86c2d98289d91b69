// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Rules} from "./claims/ClaimTypes.sol";
import {Terms} from "./jury/JuryTypes.sol";
import {ValidatorRegistry} from "./ValidatorRegistry.sol";

/// @title The constants with which a deployment begins
library Defaults {
    /// @notice The first distribution, all of it in the Merkle drop, in 10^-18 BCT.
    uint256 internal constant FIRST_DISTRIBUTION = 100_000_000 ether;

    /// @notice Seconds in a reward period.
    uint32 internal constant PERIOD = 7 days;

    /// @notice What a period mints, in 10^-18 BCT.
    uint192 internal constant PERIOD_MINT = 100_000 ether;

    /// @notice The registry's parameters. A stake of 5,000 covers ten services and one removal by a jury.
    function registry() internal pure returns (ValidatorRegistry.Parameters memory) {
        return ValidatorRegistry.Parameters({minStake: 5000 ether, coolDown: 300, drainTime: 1 days});
    }

    /// @notice The claims' rules: two validations on average; builds of ten minutes to 42 hours by class.
    function rules() internal pure returns (Rules memory) {
        return Rules({
            publisherStake: 1000 ether,
            fee: 100 ether,
            buildTime: 10 minutes,
            revealTime: 1 hours,
            validatorSlash: 500 ether,
            missSlash: 2 ether,
            disputeTime: 4 hours,
            continueBelow: 1 << 31,
            tip: 0.5 ether,
            defaultTip: 1 ether,
            delay: 4,
            maxRounds: 8,
            maxSteps: 32,
            maxClass: 8,
            jurorPot: 140 ether
        });
    }

    /// @notice The juries' terms: an hour to review, a build and a quarter to vote, a quarter to reveal.
    function terms() internal pure returns (Terms memory) {
        return Terms({
            lock: 20 ether,
            tip: 1 ether,
            seats: 7,
            minSeats: 3,
            tries: 20,
            maxRequests: 3,
            delay: 4,
            reviewTime: 1 hours,
            voteTime: 15 minutes,
            revealTime: 15 minutes
        });
    }
}
