// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Fixture} from "./Fixture.sol";

/// @title How draws are distributed, and what they cost among many
contract DrawsTest is Fixture {
    uint256 private constant VALIDATORS = 100;
    uint256 private constant DRAWS = 10_000;

    mapping(uint16 slot => uint256) private _hits;

    function setUp() public override {
        super.setUp();
        registry = new ValidatorRegistry(
            address(this), token, address(this), address(this), 7 days, ValidatorRegistry.Parameters(100, 300, 1 days)
        );
    }

    /// @dev Pearson's statistic over 10,000 draws from 100 slots of which 20 aren't available and 10 have served:
    /// 70 classes, 69 degrees of freedom. The 99.9% quantile of chi-square is 111.06 (scipy.stats.chi2.ppf).
    function testDrawsAreUniform() public {
        for (uint256 i = 0; i < VALIDATORS; i++) {
            _join(_validator(i), 100);
        }
        for (uint256 i = 0; i < 20; i++) {
            vm.prank(_validator(i * 5));
            registry.pause(_validator(i * 5));
        }
        vm.roll(block.number + 1);
        uint16[] memory drawn = new uint16[](1);
        uint16[] memory served = new uint16[](10);
        for (uint16 i = 0; i < 10; i++) {
            served[i] = i * 10 + 1;
        }
        for (uint256 i = 0; i < DRAWS; i++) {
            (bool found, uint16 slot,) =
                registry.draw(keccak256(abi.encode("uniform", i)), VALIDATORS, block.number, 1, address(0), served);
            vm.assertTrue(found, "found");
            drawn[0] = slot;
            registry.release(drawn, 1);
            _hits[slot]++;
        }
        uint256 sumOfSquares = 0;
        for (uint16 i = 0; i < VALIDATORS; i++) {
            if (i % 5 == 0 || i % 10 == 1) vm.assertEq(_hits[i], 0, "not to be drawn");
            sumOfSquares += _hits[i] * _hits[i];
        }
        // chi² = Σ hits² · 70 / 10,000 − 10,000, in thousandths.
        uint256 chiSquare = sumOfSquares * 70 * 1000 / DRAWS - DRAWS * 1000;
        vm.assertLe(chiSquare, 111_060, "chi-square");
    }

    /// @dev With 10,000 slots a draw costs what it costs with ten.
    function testDrawAmongTenThousand() public {
        uint16[] memory none;
        for (uint256 i = 0; i < 10; i++) {
            _join(_validator(i), 100);
        }
        registry.draw(keccak256("few"), 10, block.number, 1, address(0), none);
        uint256 few = vm.lastCallGas().gasTotalUsed;
        token.approve(address(registry), type(uint256).max);
        for (uint256 i = 10; i < 10_000; i++) {
            address validator = address(uint160(0x1000000 + i));
            vm.prank(validator);
            registry.accept(address(this));
            registry.join(validator, 100);
        }
        registry.draw(keccak256("many"), 10_000, block.number, 1, address(0), none);
        uint256 many = vm.lastCallGas().gasTotalUsed;
        vm.assertApproxEqAbs(many, few, 10_000, "the same but for cold storage");
    }
}
