// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Token} from "./Token.sol";
import {ValidatorRegistry} from "./ValidatorRegistry.sol";

/// @title The reward rule: what a period mints, shared in proportion to credited build time
/// @notice Shares are rounded down and minted when they're taken, so a period never mints more than its amount. A
/// period in which nothing was credited mints nothing.
contract Rewards is Ownable {
    /// @dev From this period on, that amount.
    struct Change {
        uint64 from;
        uint192 amount;
    }

    /// @notice The token; this contract is its minter.
    Token public immutable token;
    /// @notice Where time is credited.
    ValidatorRegistry public immutable registry;

    Change[] private _changes;

    /// @notice Whether a validator's share of a period was taken.
    mapping(uint256 period => mapping(address validator => bool)) public taken;

    /// @notice A share was minted.
    event Rewarded(uint256 indexed period, address indexed validator, address to, uint256 amount);
    /// @notice Periods from this one on mint another amount.
    event AmountChanged(uint256 from, uint256 amount);

    /// @notice Thrown when a period hasn't ended.
    error NotEnded(uint256 period);
    /// @notice Thrown when a share was taken before.
    error AlreadyTaken(uint256 period, address validator);

    /// @param owner a time-locked contract
    /// @param amount what each period mints, in 10^-18 BCT
    constructor(address owner, Token token_, ValidatorRegistry registry_, uint192 amount) Ownable(owner) {
        (token, registry) = (token_, registry_);
        _changes.push(Change(0, amount));
    }

    /// @notice Changes the amount, from the next period on. What has begun keeps its amount.
    function setAmount(uint192 amount) external onlyOwner {
        uint64 from = uint64(registry.currentPeriod() + 1);
        if (_changes[_changes.length - 1].from == from) _changes.pop();
        _changes.push(Change(from, amount));
        emit AmountChanged(from, amount);
    }

    /// @notice Mints a validator's share of a period that has ended. Anyone may call.
    /// @dev It goes to the cold key that staked for the validator, or to the validator's own after it has left.
    /// @return share in 10^-18 BCT
    function take(uint256 period, address validator) external returns (uint256 share) {
        if (taken[period][validator]) revert AlreadyTaken(period, validator);
        share = shareOf(period, validator);
        taken[period][validator] = true;
        address operator = registry.operatorOf(validator);
        address to = operator == address(0) ? validator : operator;
        emit Rewarded(period, validator, to, share);
        token.mint(to, share);
    }

    /// @notice What a validator's part of a period comes to, in 10^-18 BCT.
    function shareOf(uint256 period, address validator) public view returns (uint256) {
        if (period >= registry.currentPeriod()) revert NotEnded(period);
        uint256 total = registry.totalCredit(period);
        return total == 0 ? 0 : amountOf(period) * registry.creditOf(period, validator) / total;
    }

    /// @notice What a period mints at most, in 10^-18 BCT.
    function amountOf(uint256 period) public view returns (uint256) {
        uint256 i = _changes.length - 1;
        while (_changes[i].from > period) i--;
        return _changes[i].amount;
    }
}
