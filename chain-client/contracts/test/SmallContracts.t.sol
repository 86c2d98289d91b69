// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {BuildTimes} from "../src/BuildTimes.sol";
import {Rulebook} from "../src/claims/Rulebook.sol";
import {Rules} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Token} from "../src/Token.sol";
import {Verified} from "../src/Verified.sol";
import {Fixture} from "./Fixture.sol";

/// @title The token, the record of valid claims, the rules, and the credited time
contract SmallContractsTest is Fixture {
    function testOnlyTheMinterMints() public {
        token.mint(MOVER, 5);
        vm.assertEq(token.balanceOf(MOVER), 5, "minted");
        vm.prank(MOVER);
        vm.expectRevert(abi.encodeWithSelector(Token.NotMinter.selector, MOVER));
        token.mint(MOVER, 5);
    }

    function testPermit() public {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        address owner = vm.addr(7);
        bytes32 message = keccak256(abi.encode(typeHash, owner, MOVER, 11, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(7, digest);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        vm.expectRevert();
        token.permit(owner, MOVER, 11, block.timestamp, v, r, s);
        vm.chainId(here);
        token.permit(owner, MOVER, 11, block.timestamp, v, r, s);
        vm.assertEq(token.allowance(owner, MOVER), 11, "allowed");
        vm.expectRevert();
        token.permit(owner, MOVER, 11, block.timestamp, v, r, s);
    }

    function testRecord() public {
        verified = new Verified(address(this));
        verified.record(DERIVATION, OUTPUT, 2);
        vm.roll(1500);
        verified.record(DERIVATION, OUTPUT, 1);
        _expectVerified(OUTPUT, 1000, 2);
        verified.record(DERIVATION, OUTPUT, 3);
        _expectVerified(OUTPUT, 1000, 3);
        verified.record(DERIVATION, OTHER, 9);
        _expectVerified(0, 1500, 0);
        verified.record(DERIVATION, OUTPUT, 9);
        _expectVerified(0, 1500, 0);
        vm.prank(MOVER);
        vm.expectRevert(abi.encodeWithSelector(Verified.NotClaims.selector, MOVER));
        verified.record(DERIVATION, OUTPUT, 9);
    }

    function _expectVerified(bytes32 output, uint256 since, uint256 validators) private view {
        (bytes32 output_, uint256 since_, uint256 validators_) = verified.verified(DERIVATION);
        vm.assertEq(output_, output, "output");
        vm.assertEq(since_, since, "since");
        vm.assertEq(validators_, validators, "validators");
    }

    function testRulesThatContradictThemselves() public {
        for (uint256 i = 0; i < 17; i++) {
            Rules memory r = Defaults.rules();
            if (i == 0) r.maxSteps = 0;
            if (i == 1) r.maxSteps = 65;
            if (i == 2) r.maxRounds = 0;
            if (i == 3) r.delay = 0;
            if (i == 4) r.delay = 33;
            if (i == 5) r.buildTime = 0;
            if (i == 6) r.revealTime = 0;
            if (i == 7) r.disputeTime = 0;
            if (i == 8) r.maxClass = 16;
            if (i == 9) (r.buildTime, r.maxClass) = (1 << 20, 11);
            if (i == 10) r.validatorSlash = uint80(r.missSlash - 1);
            if (i == 11) r.defaultTip = r.missSlash;
            if (i == 12) (r.publisherStake, r.jurorPot) = (r.defaultTip, 0);
            if (i == 13) r.jurorPot = r.validatorSlash + 1;
            if (i == 14) (r.validatorSlash, r.jurorPot) = (uint80(r.publisherStake * 2), r.publisherStake + 1);
            if (i == 15) r.fee = 80 ether - 1;
            if (i == 16) r.tip = type(uint64).max;
            vm.expectRevert(abi.encodeWithSelector(Rulebook.BadRules.selector));
            claims.setRules(r);
        }
        Rules memory smallest = Defaults.rules();
        smallest.fee = 80 ether;
        claims.setRules(smallest);
        vm.assertEq(claims.rulesOf(1).fee, 80 ether, "kept");
        vm.prank(MOVER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, MOVER));
        claims.setRules(smallest);
    }

    /// @dev By hand. Deviations of 10, 12, 14, 100 from the median 13: 3, 1, 1, 87; their median is 2, the bound 8,
    /// so 100 counts as 21 and the mean is 57 / 4.
    function testOutlierIsClipped() public pure {
        uint256[] memory times = new uint256[](4);
        (times[0], times[1], times[2], times[3]) = (100, 10, 14, 12);
        (uint256 mean, uint256 median) = BuildTimes.meanAndMedian(times);
        vm.assertEq(mean, 14, "mean");
        vm.assertEq(median, 13, "median");
    }

    /// @dev 1, 50, 50: the deviations' median is 0, so 1 counts as 50.
    function testLowOutlierIsClipped() public pure {
        uint256[] memory times = new uint256[](3);
        (times[0], times[1], times[2]) = (50, 1, 50);
        (uint256 mean, uint256 median) = BuildTimes.meanAndMedian(times);
        vm.assertEq(mean, 50, "mean");
        vm.assertEq(median, 50, "median");
    }

    function testFuzzMeanStaysAmongTheReports(uint32[] memory reported) public pure {
        if (reported.length == 0) reported = new uint32[](1);
        uint256[] memory times = new uint256[](reported.length);
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        for (uint256 i = 0; i < times.length; i++) {
            times[i] = reported[i];
            if (times[i] < low) low = times[i];
            if (times[i] > high) high = times[i];
        }
        (uint256 mean, uint256 median) = BuildTimes.meanAndMedian(times);
        vm.assertTrue(mean >= low && mean <= high, "mean");
        vm.assertTrue(median >= low && median <= high, "median");
    }
}
