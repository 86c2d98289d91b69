// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "../src/randomness/BlockHeader.sol";
import {Randao} from "../src/randomness/Randao.sol";
import {Randomness} from "../src/randomness/Randomness.sol";
import {Fixture} from "./Fixture.sol";

/// @title Values of blocks, proved by their headers
contract RandaoTest is Fixture {
    // Block 2 of a fresh `anvil --hardfork shanghai` 1.7.1: what `cast block 2 --raw` and `cast block 2` print.
    bytes private constant HEADER =
        hex"f9021ba03c5036109dcff5c545922b7eaaac95a9670b1c09b7c65aa0856332388beab535a01dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347940000000000000000000000000000000000000000a09c8eaf493f8b4edce2ba1647343eadcc0989cf461e712c0a6253ff2ca1842bb7a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421b901000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000080028401c9c38080846b01652880a0709b12c90fc6ae40536d73a75150ee4e58c837795faacee5d6c86479c67632a088000000000000000084342770c0a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
    bytes32 private constant HASH = 0xfd1ef448dd43a569dac7347d21236067dc65086b54428c2292a3ab79b36b4622;
    bytes32 private constant PREVRANDAO = 0x709b12c90fc6ae40536d73a75150ee4e58c837795faacee5d6c86479c67632a0;

    function testInTheBlockItself() public {
        vm.prevrandao(PREVRANDAO);
        (bytes32 value, uint256 time) = randao.valueOf(block.number, "");
        vm.assertEq(value, PREVRANDAO, "read directly");
        vm.assertEq(time, 1_800_000_000, "now");
    }

    function testLaterByTheHeader() public {
        for (uint256 later = 1; later <= 256; later += 51) {
            vm.roll(2000 + later);
            vm.setBlockhash(2000, HASH);
            vm.prevrandao(keccak256("another"));
            (bytes32 value, uint256 time) = randao.valueOf(2000, HEADER);
            vm.assertEq(value, PREVRANDAO, "the same whenever asked");
            // "timestamp" of `cast block 2`
            vm.assertEq(time, 1_795_253_544, "the block's time");
            vm.assertFalse(randao.isTooLate(2000), "not too late");
        }
    }

    function testTooEarlyAndTooLate() public {
        vm.expectRevert(abi.encodeWithSelector(Randomness.TooEarly.selector, 1001));
        randao.valueOf(1001, "");
        vm.roll(1257);
        vm.assertTrue(randao.isTooLate(1000), "too late");
        vm.expectRevert(abi.encodeWithSelector(Randomness.TooLate.selector, 1000));
        randao.valueOf(1000, HEADER);
    }

    function testWrongHeader() public {
        vm.roll(2001);
        vm.setBlockhash(2000, HASH);
        bytes memory changed = HEADER;
        changed[500] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(Randomness.BadProof.selector, 2000));
        randao.valueOf(2000, changed);
        vm.expectRevert(abi.encodeWithSelector(Randomness.BadProof.selector, 2000));
        randao.valueOf(2000, "");
    }

    function testHeadersOfAnotherShape() public {
        _expectNotAHeader("");
        _expectNotAHeader(hex"c0");
        _expectNotAHeader(hex"f800");
        // Fields that end too early, that are lists, a time of one byte or of nine, and a last one that isn't 32 bytes.
        _expectNotAHeader(hex"f80c010101010101010101010101");
        _expectNotAHeader(hex"f80ec0c0c0c0c0c0c0c0c0c0c0c0c0c0");
        bytes memory before = _before();
        _expectNotAHeader(bytes.concat(before, hex"01010101"));
        _expectNotAHeader(bytes.concat(before, hex"c0c0c0c08202020180a0", bytes32(0)));
        _expectNotAHeader(bytes.concat(before, hex"010101010101a0", bytes32(0)));
        _expectNotAHeader(bytes.concat(before, hex"0101010189010101010101010101", hex"01a0", bytes32(0)));
        _expectNotAHeader(bytes.concat(before, hex"010101018401"));
        _expectNotAHeader(bytes.concat(before, hex"01010101820102019f", bytes32(0)));
        before[3 + 186] = 0xb8;
        _expectNotAHeader(bytes.concat(before, hex"0101010182010201a0", bytes32(0)));
    }

    /// @dev Whatever stands in a header: an error, or the 32 bytes behind 13 strings; never a read outside.
    function testFuzzHeader(bytes calldata header) public view {
        try this.parse(header) {} catch {}
    }

    /// @dev A long string of each form, in front of the value.
    function testFuzzLengths(uint16 length, bytes32 value) public view {
        length = length % 2000;
        bytes memory field = length < 56
            ? abi.encodePacked(uint8(0x80 + length), new bytes(length))
            : length < 256
                ? abi.encodePacked(uint8(0xb8), uint8(length), new bytes(length))
                : abi.encodePacked(uint8(0xb9), length, new bytes(length));
        bytes memory header = bytes.concat(_before(), hex"7f7f7f7f83123456", field, hex"a0", value);
        (bytes32 found, uint256 time) = this.parse(header);
        vm.assertEq(found, value, "value");
        vm.assertEq(time, 0x123456, "time");
    }

    /// @dev Up to the bloom filter.
    function _before() private pure returns (bytes memory) {
        return bytes.concat(hex"f90000", new bytes(186), hex"b90100", new bytes(256));
    }

    function parse(bytes calldata header) external pure returns (bytes32, uint256) {
        return BlockHeader.prevRandaoAndTime(header);
    }

    function _expectNotAHeader(bytes memory header) private {
        vm.expectRevert(abi.encodeWithSelector(BlockHeader.NotAHeader.selector));
        this.parse(header);
    }
}
