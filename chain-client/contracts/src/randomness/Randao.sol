// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "./BlockHeader.sol";
import {Randomness} from "./Randomness.sol";

/// @title Randomness out of the proof-of-stake chain's own (EIP-4399)
/// @notice The value of block n is its `prevrandao`. In block n itself it is read directly; in the 256 blocks after
/// it the header is the proof: its Keccak-256 must be the block's hash.
/// @dev Threats.
/// Timing: were the value that of the block in which somebody asks, a contract could ask in every block and revert
/// unless it likes the answer. Here the block is named beforehand and the answer is the same in all 257.
/// A proposer of the last slots before block n can withhold its block, which gives it one bit of choice for the price
/// of the block's reward. The proposer of n itself can't choose: prevrandao is fixed by its parent. For that reason
/// block *hashes*, which a proposer can grind, are used as proof only and never as the value.
/// A chain whose `prevrandao` is constant (many rollups) must not use this source.
contract Randao is Randomness {
    /// @dev BLOCKHASH reaches this far.
    uint256 private constant REACH = 256;

    /// @inheritdoc Randomness
    /// @param proof empty in block `number` itself; later the block's header in RLP
    function valueOf(uint256 number, bytes calldata proof) external view returns (bytes32 value, uint256 time) {
        if (block.number < number) revert TooEarly(number);
        if (block.number == number) return (bytes32(block.prevrandao), block.timestamp);
        bytes32 hash = blockhash(number);
        if (hash == 0) revert TooLate(number);
        if (keccak256(proof) != hash) revert BadProof(number);
        return BlockHeader.prevRandaoAndTime(proof);
    }

    /// @inheritdoc Randomness
    function isTooLate(uint256 number) external view returns (bool) {
        return block.number > number + REACH;
    }
}
