// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title The first distribution: open to all in a list, for a fixed time
/// @notice The list is a Merkle tree as OpenZeppelin's `StandardMerkleTree` makes it of [address, uint256]. What nobody
/// took burns; no share is kept back.
/// @dev Leaves are hashed twice, so an inner node can't pass for one. A share goes to its account whoever calls: seeing
/// a call and being faster gains nothing.
contract MerkleDrop {
    using SafeERC20 for IERC20;

    /// @notice The token.
    ERC20Burnable public immutable token;
    /// @notice The tree's root.
    bytes32 public immutable root;
    /// @notice The last moment to take a share, in seconds since 1970.
    uint256 public immutable deadline;

    /// @notice Whether an account's share was taken.
    mapping(address account => bool) public taken;

    /// @notice A share was taken.
    event Taken(address indexed account, uint256 amount);
    /// @notice The rest was destroyed.
    event Closed(uint256 burned);

    /// @notice Thrown before or after the time for a call.
    error WrongTime(uint256 deadline);
    /// @notice Thrown when a share was taken before.
    error AlreadyTaken(address account);
    /// @notice Thrown when the proof doesn't lead to the root.
    error NotInTheList(address account, uint256 amount);

    constructor(ERC20Burnable token_, bytes32 root_, uint256 deadline_) {
        (token, root, deadline) = (token_, root_, deadline_);
    }

    /// @notice Pays an account its share.
    /// @param amount as the list has it, in 10^-18 BCT
    /// @param proof the siblings on the way to the root
    function take(address account, uint256 amount, bytes32[] calldata proof) external {
        if (block.timestamp > deadline) revert WrongTime(deadline);
        if (taken[account]) revert AlreadyTaken(account);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, amount))));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert NotInTheList(account, amount);
        taken[account] = true;
        emit Taken(account, amount);
        IERC20(token).safeTransfer(account, amount);
    }

    /// @notice Destroys what is left once the time is over.
    function close() external {
        if (block.timestamp <= deadline) revert WrongTime(deadline);
        uint256 rest = token.balanceOf(address(this));
        emit Closed(rest);
        token.burn(rest);
    }
}
