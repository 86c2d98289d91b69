// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Ecvrf} from "./Ecvrf.sol";
import {Randomness} from "./Randomness.sol";

/// @title Randomness proved by an authority, for chains whose `prevrandao` isn't random
/// @notice The value of block n is the authority's verifiable random function of the block's hash (Ecvrf). The proof is
/// the authority's; anybody can hand it in, for 256 blocks.
/// @dev Threats.
/// The authority can't choose: the function has one value for each block. It can't foresee: block n isn't there yet
/// when it's named. Who makes blocks can choose among hashes, but not foresee what they give, for want of the key.
/// Together the two can do both: the authority must not be who makes the blocks.
/// The authority can stay silent until the block is out of reach, and so have another block named: one more throw for
/// each silence, at the price of a pause that everybody sees (a request that was too late takes up one of the claim's
/// steps). The owner then names another authority.
/// A new key holds from block CHANGE on after it was named, so that nobody changes what open requests will give.
contract VrfAuthority is Randomness, Ownable {
    /// @dev From this block on, that key.
    struct Change {
        uint256 x;
        uint64 from;
        bool odd;
    }

    /// @notice Blocks between naming a key and its first block: further than any request looks ahead or back.
    uint256 public constant CHANGE = 512;
    /// @dev BLOCKHASH reaches this far.
    uint256 private constant REACH = 256;

    Change[] private _changes;

    /// @notice Blocks from this one on are decided by another key.
    event KeyChanged(uint256 from, uint256 x, bool odd);

    /// @notice Thrown when the coordinates are no point of secp256k1.
    error NotAKey();

    /// @param owner a time-locked contract
    /// @param key the authority's first public key
    constructor(address owner, Ecvrf.Point memory key) Ownable(owner) {
        _add(key, 0);
    }

    /// @notice Names another key. Replaces one that was named and doesn't hold yet.
    function setKey(Ecvrf.Point calldata key) external onlyOwner {
        if (_changes[_changes.length - 1].from > block.number) _changes.pop();
        _add(key, uint64(block.number + CHANGE));
    }

    /// @inheritdoc Randomness
    /// @param proof an ABI-encoded Ecvrf.Proof for `alphaOf(number)` under `keyAt(number)`
    function valueOf(uint256 number, bytes calldata proof) external view returns (bytes32, uint256) {
        if (block.number <= number) revert TooEarly(number);
        return (Ecvrf.valueOf(keyAt(number), alphaOf(number), abi.decode(proof, (Ecvrf.Proof))), 0);
    }

    /// @inheritdoc Randomness
    function isTooLate(uint256 number) external view returns (bool) {
        return block.number > number + REACH;
    }

    /// @notice What the function is applied to: this chain, this contract, and the block.
    function alphaOf(uint256 number) public view returns (bytes32) {
        bytes32 hash = blockhash(number);
        if (hash == 0) revert TooLate(number);
        return keccak256(abi.encode(block.chainid, address(this), number, hash));
    }

    /// @notice The key that decides a block.
    function keyAt(uint256 number) public view returns (Ecvrf.Key memory) {
        uint256 i = _changes.length - 1;
        while (_changes[i].from > number) i--;
        return Ecvrf.Key(_changes[i].x, _changes[i].odd);
    }

    function _add(Ecvrf.Point memory key, uint64 from) private {
        // An x of 0 or one not below the order can't be given to ecrecover; no honest key has one.
        if (!Ecvrf.isOnCurve(key) || key.x == 0 || key.x >= Ecvrf.ORDER) revert NotAKey();
        _changes.push(Change(key.x, from, key.y % 2 == 1));
        emit KeyChanged(from, key.x, key.y % 2 == 1);
    }
}
