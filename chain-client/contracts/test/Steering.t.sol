// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Fixture} from "./Fixture.sol";

/// @title Nothing that is done after a request changes its draw
/// @notice Two registries with the same past: after the request one is left alone, the other isn't.
contract SteeringTest is Fixture {
    uint256 private constant KEYS = 24;

    ValidatorRegistry private _calm;
    ValidatorRegistry private _busy;

    function setUp() public override {
        super.setUp();
        _calm = _registry();
        _busy = _registry();
        for (uint256 i = 0; i < KEYS; i++) {
            token.transfer(_validator(i), 100_000);
            vm.startPrank(_validator(i));
            token.approve(address(_calm), type(uint256).max);
            token.approve(address(_busy), type(uint256).max);
            vm.stopPrank();
        }
    }

    function _registry() private returns (ValidatorRegistry) {
        ValidatorRegistry.Parameters memory p = ValidatorRegistry.Parameters(100, 288, 1);
        return new ValidatorRegistry(address(this), token, address(this), address(this), 7 days, p);
    }

    function testFuzzDrawsAreDecidedByTheRequest(uint256 past, uint256 future, uint256 seed, uint256 wait) public {
        for (uint256 i = 0; i < 60; i++) {
            uint256 random = uint256(keccak256(abi.encode(past, i)));
            _act(_calm, random);
            _act(_busy, random);
            // Long enough now and then for a cool-down to end.
            _pass(random >> 128);
        }
        uint256 requested = vm.getBlockNumber();
        uint256 pool = _calm.slots();
        // A draw is carried out within 32 + 256 blocks of its request.
        wait = 1 + wait % 288;
        for (uint256 i = 0; i < 40; i++) {
            // In the block of the request itself nobody knows the seed yet.
            vm.roll(requested + 1 + i * (wait - 1) / 40);
            vm.warp(vm.getBlockTimestamp() + 12);
            _act(_busy, uint256(keccak256(abi.encode(future, i, "future"))));
        }
        vm.roll(requested + wait);
        uint16[] memory served = new uint16[](2);
        served[0] = 3;
        for (uint256 i = 0; i < 20; i++) {
            bytes32 random = keccak256(abi.encode(seed, i));
            (bool found, uint16 slot, address who) = _calm.draw(random, pool, requested, 1, _validator(5), served);
            (bool found_, uint16 slot_, address who_) = _busy.draw(random, pool, requested, 1, _validator(5), served);
            vm.assertTrue(found == found_, "found");
            vm.assertEq(slot, slot_, "slot");
            vm.assertEq(who, who_, "validator");
        }
    }

    function _pass(uint256 random) private {
        vm.roll(vm.getBlockNumber() + (random % 8 == 0 ? 300 : random % 5));
        vm.warp(vm.getBlockTimestamp() + 12);
    }

    /// @dev One of the things that a validator can do, if it can do it now.
    function _act(ValidatorRegistry r, uint256 random) private {
        address who = _validator((random >> 8) % KEYS);
        vm.startPrank(who);
        uint256 what = random % 8;
        if (what < 3) {
            try r.join(who, 200) {} catch {}
        } else if (what == 3) {
            try r.pause(who) {} catch {}
        } else if (what == 4) {
            try r.resume(who) {} catch {}
        } else if (what == 5) {
            try r.drain(who) {} catch {}
        } else if (what == 6) {
            try r.unstake(who) {} catch {}
        } else {
            try r.addStake(who, 10) {} catch {}
        }
        vm.stopPrank();
    }
}
