// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Fixture} from "./Fixture.sol";

/// @title The registry by itself; the test plays the part of the claims
contract ValidatorRegistryTest is Fixture {
    address private _a;
    address private _b;
    uint16[] private _none;

    function setUp() public override {
        super.setUp();
        registry = new ValidatorRegistry(
            address(this), token, address(this), address(this), 7 days, ValidatorRegistry.Parameters(100, 300, 1 days)
        );
        (_a, _b) = (_validator(0), _validator(1));
        _join(_a, 100);
        _join(_b, 150);
    }

    function _drawAt(uint256 requested, uint96 amount, uint256 seed) private returns (bool found, uint16 slot) {
        (found, slot,) =
            registry.draw(keccak256(abi.encode(seed)), registry.slots(), requested, amount, address(0), _none);
    }

    function testJoining() public view {
        vm.assertEq(registry.slots(), 2, "slots");
        vm.assertEq(registry.validatorAt(1), _b, "second");
        vm.assertEq(registry.operatorOf(_b), _b, "its own operator");
        vm.assertEq(_stake(_b), 150, "stake");
        vm.assertTrue(registry.isAvailable(_b), "available");
        vm.assertEq(token.balanceOf(address(registry)), 250, "held");
    }

    function testJoiningTwiceOrWithTooLittle() public {
        address c = _validator(2);
        token.transfer(c, 99);
        vm.prank(c);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.join(c, 99);
        vm.prank(_a);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.join(_a, 100);
    }

    function testOperatorNeedsTheKeysConsent() public {
        address hot = _validator(5);
        token.approve(address(registry), 100);
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.join(hot, 100);
        vm.prank(hot);
        registry.accept(address(this));
        registry.join(hot, 100);
        vm.assertEq(registry.operatorOf(hot), address(this), "operator");
        vm.prank(hot);
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.drain(hot);
        registry.pause(hot);
        vm.assertFalse(registry.isAvailable(hot), "paused by its operator");
    }

    function testDrawLocksAndReleases() public {
        uint16[] memory excluded = new uint16[](1);
        (bool found, uint16 slot, address who) = registry.draw(0, 2, block.number, 60, address(0), excluded);
        vm.assertTrue(found, "found");
        vm.assertEq(slot, 1, "the one not excluded");
        vm.assertEq(who, _b, "validator");
        vm.assertEq(_locked(_b), 60, "locked");
        registry.credit(_one(1), 60, _times(33));
        vm.assertEq(_locked(_b), 0, "released");
        vm.assertEq(registry.creditOf(registry.currentPeriod(), _b), 33, "credited");
    }

    function _one(uint16 slot) private pure returns (uint16[] memory list) {
        list = new uint16[](1);
        list[0] = slot;
    }

    function _times(uint256 time) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = time;
    }

    function testCreditsStayWithTheirPeriods() public {
        uint256 period = registry.currentPeriod();
        for (uint32 i = 0; i < 3; i++) {
            registry.draw(0, 2, block.number, 1, _a, _none);
            registry.credit(_one(1), 1, _times(10 + i));
            if (i == 1) vm.warp(vm.getBlockTimestamp() + 7 days);
        }
        vm.assertEq(registry.creditOf(period, _b), 21, "first period");
        vm.assertEq(registry.creditOf(period + 1, _b), 12, "second");
        vm.assertEq(registry.totalCredit(period), 21, "all in the first");
        vm.assertEq(registry.totalCredit(period + 1), 12, "all in the second");
        vm.prank(_b);
        registry.drain(_b);
        vm.warp(vm.getBlockTimestamp() + 7 days);
        vm.roll(block.number + 301);
        vm.prank(_b);
        registry.unstake(_b);
        vm.assertEq(registry.creditOf(period, _b), 21, "also when it has left");
        vm.assertEq(registry.creditOf(period + 1, _b), 12, "also when it has left");
        _join(_b, 150);
        vm.assertEq(registry.creditOf(period + 1, _b), 12, "and come back");
    }

    function testFreeStakeMustCoverTheLock() public {
        (bool found, uint16 slot) = _drawAt(block.number, 120, 1);
        vm.assertTrue(found && slot == 1, "only b has 120");
        (found,) = _drawAt(block.number, 120, 2);
        vm.assertFalse(found, "b has 30 left, a 100");
    }

    function testBannedAddressIsNeitherValidatorNorOperator() public {
        for (uint256 i = 0; i < 20; i++) {
            (, uint16 slot,) = registry.draw(keccak256(abi.encode(i)), 2, block.number, 1, _a, _none);
            vm.assertEq(slot, 1, "never a");
        }
        address hot = _validator(5);
        vm.prank(hot);
        registry.accept(address(this));
        token.approve(address(registry), 100);
        registry.join(hot, 100);
        for (uint256 i = 0; i < 20; i++) {
            (, uint16 slot,) = registry.draw(keccak256(abi.encode(i)), 3, block.number, 1, address(this), _none);
            vm.assertTrue(slot != 2, "never its operator's");
        }
    }

    function testPausingAfterTheRequestChangesNothing() public {
        uint256 requested = block.number;
        vm.roll(requested + 4);
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        (bool found,) = _drawAt(requested, 1, 1);
        vm.assertTrue(found, "as it was at the request");
        (found,) = _drawAt(requested + 4, 1, 1);
        vm.assertFalse(found, "later requests don't find them");
    }

    function testJoiningAfterTheRequestChangesNothing() public {
        uint256 requested = block.number;
        uint256 pool = registry.slots();
        uint16[] memory drawn = new uint16[](20);
        for (uint256 i = 0; i < 20; i++) {
            (, drawn[i],) = registry.draw(keccak256(abi.encode(i)), pool, requested, 1, address(0), _none);
        }
        vm.roll(requested + 4);
        _join(_validator(2), 100);
        for (uint256 i = 0; i < 20; i++) {
            (, uint16 slot,) = registry.draw(keccak256(abi.encode(i)), pool, requested, 1, address(0), _none);
            vm.assertEq(slot, drawn[i], "same");
        }
    }

    function testComingBackTakesTheCoolDown() public {
        vm.startPrank(_a);
        registry.pause(_a);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.pause(_a);
        uint256 paused = block.number;
        vm.roll(paused + 300);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.resume(_a);
        vm.roll(paused + 301);
        registry.resume(_a);
        vm.assertTrue(registry.isAvailable(_a), "back");
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.resume(_a);
        vm.stopPrank();
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.pause(_a);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.pause(_validator(7));
    }

    function testLeaving() public {
        _drawAt(block.number, 120, 1);
        vm.startPrank(_b);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.unstake(_b);
        registry.drain(_b);
        vm.assertFalse(registry.isAvailable(_b), "drains");
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.drain(_b);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.resume(_b);
        vm.roll(block.number + 301);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.unstake(_b);
        vm.warp(block.timestamp + 1 days);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.unstake(_b);
        vm.stopPrank();
        registry.release(_one(1), 120);
        vm.prank(_b);
        registry.unstake(_b);
        vm.assertEq(token.balanceOf(_b), 150, "back");
        vm.assertEq(registry.validatorAt(1), address(0), "free slot");
        _join(_validator(2), 100);
        vm.assertEq(registry.validatorAt(1), _validator(2), "reused");
        vm.assertEq(registry.slots(), 2, "no more slots");
    }

    function testSlotIsKeptWhileADrawMayLookAtIt() public {
        vm.startPrank(_b);
        registry.drain(_b);
        vm.warp(block.timestamp + 1 days);
        vm.roll(block.number + 300);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.unstake(_b);
        vm.stopPrank();
    }

    function testSlashing() public {
        uint256 before = token.balanceOf(address(this));
        _drawAt(block.number, 120, 1);
        vm.expectPartialRevert(ValidatorRegistry.BadParameters.selector);
        registry.slash(1, 120, 121);
        registry.slash(1, 120, 70);
        vm.assertEq(_stake(_b), 80, "stake");
        vm.assertEq(_locked(_b), 0, "locked");
        vm.assertEq(token.balanceOf(address(this)), before + 70, "to the service");
        vm.assertFalse(registry.isAvailable(_b), "too little to be drawn");
        vm.roll(block.number + 301);
        vm.prank(_b);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.resume(_b);
        token.approve(address(registry), 20);
        registry.addStake(_b, 20);
        vm.prank(_b);
        registry.resume(_b);
        vm.expectPartialRevert(ValidatorRegistry.WrongState.selector);
        registry.addStake(_validator(9), 20);
    }

    function testOnlyServicesDraw() public {
        uint16[] memory one = _one(0);
        vm.startPrank(_a);
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.draw(0, 2, block.number, 1, address(0), _none);
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.release(one, 1);
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.credit(one, 1, new uint256[](1));
        vm.expectPartialRevert(ValidatorRegistry.NotAllowed.selector);
        registry.slash(0, 1, 1);
        vm.stopPrank();
    }

    function testNobodyToDraw() public {
        (bool found,,) = registry.draw(0, 0, block.number, 1, address(0), _none);
        vm.assertFalse(found, "no slots");
    }

    function testParameters() public {
        registry.setParameters(ValidatorRegistry.Parameters(7, 288, 1));
        (uint96 minStake,,) = registry.parameters();
        vm.assertEq(minStake, 7, "changed");
        vm.expectPartialRevert(ValidatorRegistry.BadParameters.selector);
        registry.setParameters(ValidatorRegistry.Parameters(7, 287, 1));
        vm.expectPartialRevert(ValidatorRegistry.BadParameters.selector);
        registry.setParameters(ValidatorRegistry.Parameters(0, 288, 1));
        vm.prank(_a);
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        registry.setParameters(ValidatorRegistry.Parameters(7, 300, 1));
    }
}
