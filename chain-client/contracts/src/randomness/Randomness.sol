// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A source of randomness that fixes one value for each block
/// @notice Whoever wants a draw names a block that isn't there yet. Its value is a function of that block alone, so
/// the moment at which somebody asks for it changes nothing.
interface Randomness {
    /// @notice Thrown when the block isn't there yet.
    error TooEarly(uint256 number);
    /// @notice Thrown when the value can't be proved any more; a new block has to be named.
    error TooLate(uint256 number);
    /// @notice Thrown when the proof doesn't prove the value of this block.
    error BadProof(uint256 number);

    /// @notice The value of a block.
    /// @param number the block
    /// @param proof what the source needs to be convinced; see the implementation
    /// @return value 32 random bytes, the same for whoever asks whenever. Users mix in what they draw for.
    /// @return time when the block was made, in seconds since 1970; 0 if the proof doesn't say
    function valueOf(uint256 number, bytes calldata proof) external view returns (bytes32 value, uint256 time);

    /// @notice Whether `valueOf(number, …)` will never answer again, whatever the proof.
    function isTooLate(uint256 number) external view returns (bool);
}
