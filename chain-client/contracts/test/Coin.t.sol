// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Head, Phase} from "../src/claims/ClaimTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @title How many validations claims get
contract CoinTest is Fixture {
    uint256 private constant CLAIMS = 20_000;

    /// @dev 1/(1 − p) for the default p of a half. The mean of 20,000 has a standard error of 0.5%.
    function testMeanNumberOfValidations() public {
        // Rich enough to serve on all of them at once, so that claims needn't be followed to their end.
        for (uint256 i = 0; i < 20; i++) {
            _join(_validator(i), 2_000_000 ether);
        }
        vm.roll(vm.getBlockNumber() + 1);
        _fund(publisher, 22_000_000 ether);
        uint256 validations = 0;
        for (uint256 i = 0; i < CLAIMS; i++) {
            // A call of its own, so that its memory is given back.
            validations += this.validate(i);
        }
        vm.assertApproxEqAbs(validations, 2 * CLAIMS, 2 * CLAIMS / 50, "within 2% of two each");
    }

    function validate(uint256 i) external returns (uint256 validations) {
        vm.prank(publisher);
        bytes32 claim = claims.publish(DERIVATION, bytes32(i + 1), 0);
        Head memory head = _head(claim);
        while (head.phase != Phase.Revealing) {
            if (head.phase == Phase.Drawing) {
                vm.roll(head.when);
                vm.prevrandao(keccak256(abi.encode("coin", i, head.steps)));
                claims.advance(claim, "");
            } else {
                address validator = _validatorOf(claim, head.reports - 1);
                vm.prank(validator);
                claims.commit(claim, OUTPUT);
                validations++;
            }
            head = _head(claim);
        }
    }
}
