// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Arbiter} from "../src/claims/Arbiter.sol";
import {Claims} from "../src/claims/Claims.sol";
import {Verdict} from "../src/claims/ClaimTypes.sol";

/// @title An arbiter that says what the test tells it
contract TestArbiter is Arbiter {
    bytes32 public claim;
    uint256 public report;
    uint256 public opened;
    uint16[] public served;

    function open(bytes32 claim_, uint256 report_, address, uint16[] calldata served_, uint256) external {
        (claim, report, served) = (claim_, report_, served_);
        opened++;
    }

    function settle(Claims claims, Verdict verdict) external returns (uint256) {
        return claims.settle(claim, report, verdict);
    }

    function servedCount() external view returns (uint256) {
        return served.length;
    }
}
