// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the chain calls valid: the reading side for consumers
/// @notice Derivations and outputs are named by the SHA-256 digests of their CIDs (docs/formats.md, "On the chain").
contract Verified {
    /// @notice The one contract that records: the claims.
    address public immutable claims;

    /// @dev An output of 0 with `since` set: claims that disagree became valid, so nothing is trusted.
    struct Entry {
        bytes32 output;
        uint64 since;
        uint64 validators;
    }

    mapping(bytes32 derivation => Entry) private _entries;

    /// @notice A claim became valid and `verified` says so.
    event Recorded(bytes32 indexed derivation, bytes32 output, uint64 validators);
    /// @notice A second claim became valid with another output; `verified` says nothing of this derivation for good.
    event Contradicted(bytes32 indexed derivation, bytes32 first, bytes32 second);

    /// @notice Thrown when anybody but the claims contract records.
    error NotClaims(address caller);

    /// @param claims_ the claims contract
    constructor(address claims_) {
        claims = claims_;
    }

    /// @notice The output that strangers rebuilt.
    /// @param derivation digest of the derivation's CID
    /// @return output digest of the output's CID; 0 if nothing is known, or if two valid claims disagree
    /// @return since number of the block from which on it was valid; consumers decide how deep that must be
    /// @return validators how many rebuilt it in the claim with the most of them; 0 with an output of 0
    function verified(bytes32 derivation) external view returns (bytes32 output, uint256 since, uint256 validators) {
        Entry storage entry = _entries[derivation];
        return (entry.output, entry.since, entry.validators);
    }

    /// @notice Records a valid claim.
    /// @dev A derivation with two valid outputs isn't reproducible whatever a jury said, so a contradiction fails
    /// safe and is final: nobody who gets lucky in a draw can replace what others rely on.
    function record(bytes32 derivation, bytes32 output, uint64 validators) external {
        if (msg.sender != claims) revert NotClaims(msg.sender);
        Entry storage entry = _entries[derivation];
        if (entry.since == 0) {
            (entry.output, entry.since, entry.validators) = (output, uint64(block.number), validators);
        } else if (entry.output == output) {
            if (validators <= entry.validators) return;
            entry.validators = validators;
        } else {
            if (entry.output != 0) emit Contradicted(derivation, entry.output, output);
            (entry.output, entry.since, entry.validators) = (0, uint64(block.number), 0);
            return;
        }
        emit Recorded(derivation, output, validators);
    }
}
