// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claims} from "../src/claims/Claims.sol";
import {Ending, Phase, Status} from "../src/claims/ClaimTypes.sol";
import {Randomness} from "../src/randomness/Randomness.sol";
import {Fixture} from "./Fixture.sol";

/// @title Validators that carry out their own draws, and claims that end in one transaction
/// @dev Amounts are calculated by hand from Defaults: stake 1000, fee 100, tip 0.5, slash 500.
contract ServeTest is Fixture {
    uint256 private constant VALIDATORS = 8;

    function setUp() public override {
        super.setUp();
        _joinMany(VALIDATORS);
    }

    /// @dev In the block that decides; who is drawn is found by trying.
    function _serve(bytes32 claim, bytes32 output, uint32 time) private returns (address) {
        _goToDraw(claim, true);
        return _serveNow(claim, output, time);
    }

    function _serveNow(bytes32 claim, bytes32 output, uint32 time) private returns (address) {
        bytes32 commitment = _reportCommitment(claim, _head(claim).reports, output, time, SALT);
        for (uint256 i = 0; i < VALIDATORS; i++) {
            vm.prank(_validator(i));
            try claims.serve(claim, "", commitment) {
                return _validator(i);
            } catch {}
        }
        revert("nobody is drawn");
    }

    function _ending(bytes32 output, uint256 n) private pure returns (Ending memory e) {
        e = Ending(DERIVATION, output, SALT, new uint32[](n), new bytes32[](n));
        for (uint256 i = 0; i < n; i++) {
            (e.times[i], e.salts[i]) = (60, SALT);
        }
    }

    function testWholeLife() public {
        bytes32 claim = _publish(OUTPUT);
        address first = _serve(claim, OUTPUT, 60);
        vm.assertEq(_validatorOf(claim, 0), first, "its report");
        vm.assertEq(uint256(_status(claim, 0)), uint256(Status.Committed), "committed");
        vm.assertEq(_locked(first), 500 ether, "locked");
        address second = _serve(claim, OUTPUT, 60);
        vm.assertTrue(first != second, "another");
        _goToDraw(claim, false);
        vm.prank(MOVER);
        claims.finish(claim, "", _ending(OUTPUT, 2));
        _expectPhase(claim, Phase.Valid);
        (bytes32 output,, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(output, OUTPUT, "output");
        vm.assertEq(validators, 2, "validators");
        vm.assertEq(_locked(first) + _locked(second), 0, "free");
        vm.assertEq(claims.accountOf(publisher), 9900 ether, "the publisher pays the fee");
        vm.assertEq(claims.accountOf(MOVER), 0.5 ether, "nobody was tipped but for the coin");
        vm.assertEq(claims.unburned(), 99.5 ether, "the rest of the fee");
        vm.assertEq(token.balanceOf(address(claims)), 9900 ether + 0.5 ether + 99.5 ether, "all of it");
    }

    function testSameDrawAsByAdvance() public {
        bytes32 claim = _publish(OUTPUT);
        _goToDraw(claim, true);
        uint256 before = vm.snapshotState();
        address served = _serveNow(claim, OUTPUT, 60);
        vm.revertToState(before);
        _advance(claim);
        vm.assertEq(_validatorOf(claim, 0), served, "whoever asks");
        bytes32 commitment = _reportCommitment(claim, 0, OUTPUT, 60, SALT);
        vm.prank(served);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.serve(claim, "", commitment);
        _commit(claim, 0, OUTPUT, 60);
    }

    function testNobodyElseServes() public {
        bytes32 claim = _publish(OUTPUT);
        vm.expectPartialRevert(Randomness.TooEarly.selector);
        claims.serve(claim, "", OUTPUT);
        _goToDraw(claim, true);
        vm.prank(MOVER);
        vm.expectPartialRevert(Claims.NotYours.selector);
        claims.serve(claim, "", OUTPUT);
        _serveNow(claim, OUTPUT, 60);
        // Nor when the coin stops.
        _goToDraw(claim, false);
        for (uint256 i = 0; i < VALIDATORS; i++) {
            vm.prank(_validator(i));
            vm.expectPartialRevert(Claims.NotYours.selector);
            claims.serve(claim, "", OUTPUT);
        }
        vm.roll(vm.getBlockNumber() + 257);
        vm.expectPartialRevert(Randomness.TooLate.selector);
        claims.serve(claim, "", OUTPUT);
    }

    function testNobodyIsDrawnWhereAllAreAway() public {
        for (uint256 i = 0; i < VALIDATORS; i++) {
            vm.prank(_validator(i));
            registry.pause(_validator(i));
        }
        bytes32 claim = _publish(OUTPUT);
        _goToDraw(claim, true);
        vm.prank(_validator(0));
        vm.expectPartialRevert(Claims.NotYours.selector);
        claims.serve(claim, "", OUTPUT);
    }

    /// @dev In the deciding block itself no time has passed; a proof tells how much did; otherwise what a build may
    /// take counts.
    function testServedTimeIsAtMostWhatPassed() public {
        vm.assertEq(_credit(0), 0, "in the same block");
        TestClock clock = new TestClock();
        vm.etch(address(randao), address(clock).code);
        vm.warp(1_800_000_000);
        TestClock(address(randao)).set(1_799_999_975);
        vm.assertEq(_credit(1), 25, "since the block that decided");
        TestClock(address(randao)).set(0);
        vm.assertEq(_credit(2), 600, "not known");
        TestClock(address(randao)).set(1_000_000_000);
        vm.assertEq(_credit(3), 600, "longer than a build");
    }

    function _credit(uint256 salt) private returns (uint256) {
        bytes32 derivation = keccak256(abi.encode(salt));
        bytes32 claim = _publish(derivation, OUTPUT);
        address validator = _serve(claim, OUTPUT, 1_000_000);
        _goToDraw(claim, false);
        uint256 before = registry.creditOf(registry.currentPeriod(), validator);
        Ending memory e = _ending(OUTPUT, 1);
        (e.derivation, e.times[0]) = (derivation, 1_000_000);
        claims.finish(claim, "", e);
        return registry.creditOf(registry.currentPeriod(), validator) - before;
    }

    function testFinishAfterTheStopAndSomeReveals() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        claims.finish(claim, "", _ending(OUTPUT, 1));
        _expectPhase(claim, Phase.Valid);
        vm.assertEq(claims.accountOf(MOVER), 1.5 ether, "three tips");
        vm.assertEq(registry.creditOf(registry.currentPeriod(), _validatorOf(claim, 1)), 60, "credit");
    }

    function testFinishWhenAllIsRevealed() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        // Its author was drawn and missed: left out.
        _draw(claim);
        _pass(claim);
        _advance(claim);
        _report(claim, OUTPUT);
        _stop(claim);
        _reveal(claim, 0, OUTPUT);
        _reveal(claim, 2, OUTPUT);
        claims.finish(claim, "", _ending(OUTPUT, 0));
        (,, uint256 validators) = verified.verified(DERIVATION);
        vm.assertEq(validators, 2, "two");
    }

    function testFinishNeedsAgreement() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _report(claim, OTHER);
        _goToDraw(claim, true);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.finish(claim, "", _ending(OUTPUT, 2));
        _stop(claim);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.finish(claim, "", _ending(OUTPUT, 2));
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.finish(claim, "", _ending(OTHER, 2));
        _reveal(claim, 1, OTHER);
        vm.expectPartialRevert(Claims.DoesNotOpen.selector);
        claims.finish(claim, "", _ending(OUTPUT, 1));
        _reveal(claim, 0, OUTPUT);
        _open(claim, OUTPUT);
        _expectPhase(claim, Phase.Disputed);
        vm.expectPartialRevert(Claims.WrongPhase.selector);
        claims.finish(claim, "", _ending(OUTPUT, 0));
    }

    function testFinishInTime() public {
        bytes32 claim = _publish(OUTPUT);
        _report(claim, OUTPUT);
        _stop(claim);
        _pass(claim);
        vm.expectPartialRevert(Claims.TooLateNow.selector);
        claims.finish(claim, "", _ending(OUTPUT, 1));
    }
}

/// @title A source that says what time it likes
contract TestClock is Randomness {
    uint256 private _time;

    function set(uint256 time) external {
        _time = time;
    }

    function valueOf(uint256, bytes calldata) external view returns (bytes32, uint256) {
        return (bytes32(block.prevrandao), _time);
    }

    function isTooLate(uint256) external pure returns (bool) {
        return false;
    }
}
