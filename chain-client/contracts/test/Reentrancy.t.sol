// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";

import {Accounts} from "../src/claims/Accounts.sol";
import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Fixture} from "./Fixture.sol";

/// @title A token that calls its receiver, as BCT doesn't: the contracts keep their books before tokens move all the
/// same
contract CallingToken is ERC20Burnable {
    constructor() ERC20("", "") {
        _mint(msg.sender, 1_000_000);
    }

    mapping(address receiver => bool) private _wants;

    function register() external {
        _wants[msg.sender] = true;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_wants[to]) Receiver(to).received();
    }
}

/// @title Holds accounts, and nothing else
contract Bank is Accounts {
    constructor(ERC20Burnable token_) Accounts(token_) {}
}

contract Receiver {
    bytes private _call;
    address private _target;
    /// How often a call back worked.
    uint256 public times;

    function attack(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
        (bool ok,) = target.call(call);
        require(ok);
    }

    function run(address target, bytes calldata call) external {
        (bool ok,) = target.call(call);
        require(ok);
    }

    function received() external {
        if (_call.length == 0) return;
        (bool ok,) = _target.call(_call);
        if (ok) times++;
    }
}

contract ReentrancyTest is Fixture {
    CallingToken private _calling;
    Receiver private _thief;

    function setUp() public override {
        vm.roll(1000);
        vm.warp(1_800_000_000);
        _calling = new CallingToken();
        _thief = new Receiver();
        _calling.transfer(address(_thief), 1000);
        _thief.run(address(_calling), abi.encodeCall(CallingToken.register, ()));
    }

    function testWithdrawing() public {
        Bank bank = new Bank(_calling);
        _calling.approve(address(bank), 5000);
        bank.deposit(5000);
        _thief.run(address(_calling), abi.encodeCall(ERC20.approve, (address(bank), 1000)));
        _thief.run(address(bank), abi.encodeCall(Accounts.deposit, (1000)));
        _thief.attack(address(bank), abi.encodeCall(Accounts.withdraw, (1000)));
        vm.assertEq(_calling.balanceOf(address(_thief)), 1000, "its own");
        vm.assertEq(_thief.times(), 0, "not again");
        vm.assertEq(bank.accountOf(address(this)), 5000, "the others'");
        bank.withdraw(5000);
    }

    function testUnstaking() public {
        registry = new ValidatorRegistry(
            address(this), _calling, address(1), address(2), 7 days, ValidatorRegistry.Parameters(100, 300, 0)
        );
        _calling.approve(address(registry), 500);
        registry.join(address(this), 500);
        _thief.run(address(_calling), abi.encodeCall(ERC20.approve, (address(registry), 1000)));
        _thief.run(address(registry), abi.encodeCall(registry.join, (address(_thief), 400)));
        _thief.run(address(registry), abi.encodeCall(registry.drain, (address(_thief))));
        vm.roll(2000);
        _thief.attack(address(registry), abi.encodeCall(registry.unstake, (address(_thief))));
        vm.assertEq(_calling.balanceOf(address(_thief)), 1000, "its own");
        vm.assertEq(_thief.times(), 0, "not again");
        vm.assertEq(_calling.balanceOf(address(registry)), 500, "the others'");
    }
}
