// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The bytes that publishers and validators commit to
/// @notice Keccak-256 over the ABI encoding of the fields (docs/formats.md, "On the chain"). A salt of 32 random bytes
/// hides the output: without it anybody could try out what they think it is.
/// @dev A commitment copied by somebody else, used for another claim, on another deployment or on another chain can't
/// be opened: it holds the chain's id, the contract's address and what is committed to by whom. A report's number
/// belongs to one validator of one claim.
library Commitments {
    bytes32 internal constant CLAIM = keccak256("Build Chain claim 1");
    bytes32 internal constant REPORT = keccak256("Build Chain report 1");

    function ofClaim(address publisher, bytes32 derivation, bytes32 output, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(CLAIM, block.chainid, address(this), publisher, derivation, output, salt));
    }

    function ofReport(bytes32 claim, uint256 number, bytes32 output, uint32 time, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(REPORT, block.chainid, address(this), claim, number, output, time, salt));
    }

    /// @notice A claim's name. It binds what was announced, so that a claim needs to keep neither.
    function idOf(address publisher, bytes32 derivation, bytes32 commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(publisher, derivation, commitment));
    }
}
