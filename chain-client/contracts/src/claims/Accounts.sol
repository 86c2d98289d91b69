// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Money that a contract holds for others
/// @notice Stakes and fees are taken from an account and go back to one: paying in once serves many claims, and
/// nobody's refusal to be paid holds up anybody else.
/// @dev Re-entrancy: an account is changed before tokens move, so a call back finds nothing to take twice.
abstract contract Accounts {
    using SafeERC20 for IERC20;

    /// @notice The token.
    ERC20Burnable public immutable token;

    /// @notice What can be withdrawn or used for claims, in 10^-18 BCT.
    mapping(address owner => uint256 amount) public accountOf;

    /// @notice What nobody owns any more and `burn` will destroy.
    uint256 public unburned;

    /// @notice Tokens were paid in.
    event Deposited(address indexed owner, uint256 amount);
    /// @notice Tokens were paid out.
    event Withdrawn(address indexed owner, uint256 amount);

    /// @notice Thrown when an account doesn't hold what is asked of it.
    error TooLittle(address owner, uint256 has, uint256 needs);

    constructor(ERC20Burnable token_) {
        token = token_;
    }

    /// @notice Pays into the caller's account; the token must be approved.
    function deposit(uint256 amount) external {
        accountOf[msg.sender] += amount;
        emit Deposited(msg.sender, amount);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Pays out of the caller's account to the caller.
    function withdraw(uint256 amount) external {
        _take(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        IERC20(token).safeTransfer(msg.sender, amount);
    }

    /// @notice Destroys what nobody owns. Put off to here so that claims needn't pay for it one by one.
    function burn() external {
        uint256 amount = unburned;
        unburned = 0;
        token.burn(amount);
    }

    function _take(address owner, uint256 amount) internal {
        uint256 has = accountOf[owner];
        if (has < amount) revert TooLittle(owner, has, amount);
        accountOf[owner] = has - amount;
    }
}
