// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Rules} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {MerkleDrop} from "../src/MerkleDrop.sol";
import {Rewards} from "../src/Rewards.sol";
import {System} from "./System.sol";

/// @title Who gets tokens: the drop, the periods' mint; and who can change that: the time lock
contract DistributionTest is System {
    // From @openzeppelin/merkle-tree 1.0.8: StandardMerkleTree.of, types [address, uint256], of the accounts 0x1001 to
    // 0x1005 with 1 to 5 times 10^18.
    bytes32 private constant ROOT = 0xa4bfc914a521b71652f170e95607951d1869cbb9d54ded5faebe408676917e50;

    MerkleDrop private _drop;

    function setUp() public override {
        super.setUp();
        _drop = new MerkleDrop(token, ROOT, block.timestamp + 30 days);
        token.transfer(address(_drop), 15 ether);
    }

    function _proofOfThird() private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](3);
        proof[0] = 0x55929d30fca1d436beff047ea3d0cf012395cc2473dd3a2990b1bbbc53fa420e;
        proof[1] = 0xe28fa9b7930bb8b125a8f240c8657aaec372e4e2eb9418beb13dbe5cdc4e7fcd;
        proof[2] = 0x50eb09edbe985be3ed15521ef5e70c46185f2672f6696542afe2c4a1b82b5f3d;
    }

    function testDrop() public {
        address third = address(0x1003);
        _drop.take(third, 3 ether, _proofOfThird());
        vm.assertEq(token.balanceOf(third), 3 ether, "whoever calls");
        vm.expectPartialRevert(MerkleDrop.AlreadyTaken.selector);
        _drop.take(third, 3 ether, _proofOfThird());
        vm.expectPartialRevert(MerkleDrop.NotInTheList.selector);
        _drop.take(address(0x1004), 3 ether, _proofOfThird());
        vm.expectPartialRevert(MerkleDrop.NotInTheList.selector);
        _drop.take(address(0x1002), 3 ether, _proofOfThird());
        vm.expectPartialRevert(MerkleDrop.WrongTime.selector);
        _drop.close();
    }

    function testDropEndsAndTheRestBurns() public {
        _drop.take(address(0x1003), 3 ether, _proofOfThird());
        vm.warp(block.timestamp + 30 days + 1);
        bytes32[] memory proof = new bytes32[](2);
        vm.expectPartialRevert(MerkleDrop.WrongTime.selector);
        _drop.take(address(0x1001), 1 ether, proof);
        _drop.close();
        vm.assertEq(token.totalSupply(), Defaults.FIRST_DISTRIBUTION - 12 ether, "burned");
    }

    function _life(bytes32 derivation, uint32 time) private returns (address validator) {
        bytes32 claim = _publish(derivation, OUTPUT);
        uint256 number = _draw(claim);
        validator = _validatorOf(claim, number);
        vm.warp(vm.getBlockTimestamp() + time);
        _commit(claim, number, OUTPUT, time);
        _stop(claim);
        claims.reveal(claim, number, OUTPUT, time, SALT);
        claims.open(claim, derivation, OUTPUT, SALT);
    }

    /// @dev By hand: 100 and 300 seconds credited, so a quarter and three quarters of 100,000.
    function testPeriodIsSharedByCreditedTime() public {
        _joinMany(1);
        vm.warp((registry.currentPeriod() + 1) * 7 days);
        address first = _life("one", 100);
        _join(_validator(1), 5000 ether);
        vm.prank(first);
        registry.pause(first);
        vm.roll(vm.getBlockNumber() + 1);
        address second = _life("two", 300);
        uint256 period = registry.currentPeriod();
        vm.expectPartialRevert(Rewards.NotEnded.selector);
        rewards.take(period, first);
        vm.warp((period + 1) * 7 days);
        vm.assertEq(rewards.take(period, first), 25_000 ether, "a quarter");
        vm.assertEq(rewards.take(period, second), 75_000 ether, "three quarters");
        vm.assertEq(token.balanceOf(second), 75_000 ether, "its own operator");
        vm.expectPartialRevert(Rewards.AlreadyTaken.selector);
        rewards.take(period, first);
        vm.assertEq(rewards.take(period, MOVER), 0, "nothing credited");
        vm.assertEq(rewards.take(period - 1, first), 0, "nothing in an empty period");
        vm.assertEq(token.totalSupply(), Defaults.FIRST_DISTRIBUTION + 100_000 ether, "no more than the amount");
    }

    function testAmountChangesFromTheNextPeriodOn() public {
        uint256 period = registry.currentPeriod();
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        rewards.setAmount(1);
        vm.startPrank(address(timelock));
        rewards.setAmount(5);
        rewards.setAmount(7);
        vm.stopPrank();
        vm.assertEq(rewards.amountOf(period), 100_000 ether, "what has begun");
        vm.assertEq(rewards.amountOf(period + 1), 7, "the last word");
        vm.assertEq(rewards.amountOf(period + 100), 7, "for good");
        vm.warp(vm.getBlockTimestamp() + 21 days);
        vm.prank(address(timelock));
        rewards.setAmount(9);
        vm.assertEq(rewards.amountOf(period + 3), 7, "not yet");
        vm.assertEq(rewards.amountOf(period + 4), 9, "now");
        vm.assertEq(rewards.amountOf(period), 100_000 ether, "the past stays");
    }

    function testConstantsChangeByTheTimeLockAlone() public {
        Rules memory next = Defaults.rules();
        next.fee = 200 ether;
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        claims.setRules(next);
        bytes memory call = abi.encodeCall(claims.setRules, (next));
        timelock.schedule(address(claims), 0, call, 0, 0, 2 days);
        vm.expectRevert();
        timelock.execute(address(claims), 0, call, 0, 0);
        vm.warp(block.timestamp + 2 days);
        timelock.execute(address(claims), 0, call, 0, 0);
        vm.assertEq(claims.rulesOf(claims.currentRules()).fee, 200 ether, "changed");
    }
}
