// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Reads fields of a block header in its RLP form
/// @notice The header must have been compared with a block hash before: only then is it known to be well-formed.
/// Lengths are checked all the same, so that a header of another chain's shape gives an error and not a wrong field.
/// @dev RLP and the order of fields: Ethereum yellow paper, appendix B and section 4.3.
library BlockHeader {
    /// @dev parentHash, ommersHash, beneficiary, stateRoot, transactionsRoot, receiptsRoot: of fixed lengths.
    uint256 private constant BEFORE_BLOOM = 5 * 33 + 21;
    /// @dev The logsBloom is as long as that, with three bytes before.
    uint256 private constant BLOOM = 3 + 256;
    /// @dev Then difficulty, number, gasLimit, gasUsed stand before the time; extraData between it and prevRandao.
    uint256 private constant BEFORE_TIME = 4;

    /// @notice Thrown when the bytes aren't a header with these fields.
    error NotAHeader();

    /// @notice The fields prevRandao (mixHash before the merge) and timestamp.
    function prevRandaoAndTime(bytes calldata header) internal pure returns (bytes32 value, uint256 time) {
        if (header.length < 2 || uint8(header[0]) < 0xf8) revert NotAHeader();
        uint256 position = 1 + uint8(header[0]) - 0xf7 + BEFORE_BLOOM;
        if (position + BLOOM > header.length || bytes3(header[position:position + 3]) != 0xb90100) revert NotAHeader();
        position += BLOOM;
        for (uint256 i = 0; i < BEFORE_TIME; i++) {
            position = _afterString(header, position);
        }
        // Longer than one byte since the second minute of 1970, and shorter than nine for ever.
        uint256 end = _afterString(header, position);
        if (end > header.length || end < position + 2 || end > position + 9) revert NotAHeader();
        time = uint256(bytes32(header[position + 1:end]) >> (8 * (33 + position - end)));
        position = _afterString(header, end);
        if (position + 33 > header.length || uint8(header[position]) != 0xa0) revert NotAHeader();
        value = bytes32(header[position + 1:position + 33]);
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
