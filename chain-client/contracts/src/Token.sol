// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title BCT, the token of Build Chain
/// @notice Pays fees and locks stakes. Supply = first distribution + what the reward rule minted − what was burned.
/// @dev Nobody owns it. Who mints is fixed at deployment: the rewards contract alone. Permits (ERC-2612) carry the
/// chain's id, so one signed here can't be replayed on another chain.
contract Token is ERC20, ERC20Burnable, ERC20Permit {
    /// @notice The one address that mints.
    address public immutable minter;

    /// @notice Thrown when anybody but the minter mints.
    error NotMinter(address caller);

    /// @param drop receives the whole first distribution; no share is kept back
    /// @param firstDistribution in units of 10^-18 BCT
    /// @param minter_ the rewards contract
    constructor(address drop, uint256 firstDistribution, address minter_)
        ERC20("Build Chain Token", "BCT")
        ERC20Permit("Build Chain Token")
    {
        minter = minter_;
        _mint(drop, firstDistribution);
    }

    /// @notice Makes new tokens by the reward rule.
    /// @param to who gets them
    /// @param amount in units of 10^-18 BCT
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender);
        _mint(to, amount);
    }
}
