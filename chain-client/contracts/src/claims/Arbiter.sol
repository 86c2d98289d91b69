// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Decides what it means that a publisher's and a validator's outputs differ
/// @notice It answers by calling `Claims.settle`, in time; no answer is one too: non-determinism.
interface Arbiter {
    /// @notice Begins a dispute. Called by the claims contract, once for each pair of claim and report.
    /// @param claim id of the claim
    /// @param report number of the report
    /// @param publisher who made the claim
    /// @param served slots of the validators that served on the claim; they can't judge it
    /// @param buildTime seconds that the claim's class gives for a build: who has to rebuild it to judge needs as many
    function open(bytes32 claim, uint256 report, address publisher, uint16[] calldata served, uint256 buildTime)
        external;
}
