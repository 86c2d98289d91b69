// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Reads a field of a block header in its RLP form
/// @notice The header must have been compared with a block hash before: only then is it known to be well-formed.
/// Lengths are checked all the same, so that a header of another chain's shape gives an error and not a wrong field.
/// @dev RLP and the order of fields: Ethereum yellow paper, appendix B and section 4.3.
library BlockHeader {
    /// @dev parentHash, ommersHash, beneficiary, stateRoot, transactionsRoot, receiptsRoot, logsBloom, difficulty,
    /// number, gasLimit, gasUsed, timestamp, extraData stand before it.
    uint256 private constant BEFORE_PREVRANDAO = 13;

    /// @notice Thrown when the bytes aren't a header with a prevRandao field.
    error NotAHeader();

    /// @notice The field prevRandao (mixHash before the merge).
    function prevRandao(bytes calldata header) internal pure returns (bytes32 value) {
        if (header.length < 2 || uint8(header[0]) < 0xf8) revert NotAHeader();
        uint256 position = 1 + uint8(header[0]) - 0xf7;
        for (uint256 i = 0; i < BEFORE_PREVRANDAO; i++) {
            position = _afterString(header, position);
        }
        if (position + 33 > header.length || uint8(header[position]) != 0xa0) revert NotAHeader();
        return bytes32(header[position + 1:position + 33]);
    }

    /// @dev The position behind the string that begins at `position`. No field is as long as 2^16 bytes.
    function _afterString(bytes calldata header, uint256 position) private pure returns (uint256) {
        if (position + 3 > header.length) revert NotAHeader();
        uint8 first = uint8(header[position]);
        if (first < 0x80) return position + 1;
        if (first <= 0xb7) return position + 1 + (first - 0x80);
        if (first == 0xb8) return position + 2 + uint8(header[position + 1]);
        if (first == 0xb9) return position + 3 + uint16(bytes2(header[position + 1:position + 3]));
        revert NotAHeader();
    }
}
