// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Claims} from "../src/claims/Claims.sol";
import {Arbiter} from "../src/claims/Arbiter.sol";
import {Head, Phase, Rules, Status} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Randao} from "../src/randomness/Randao.sol";
import {Token} from "../src/Token.sol";
import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Verified} from "../src/Verified.sol";
import {TestArbiter} from "./TestArbiter.sol";
import {Vm} from "./Vm.sol";

/// @title A deployment with funded accounts, and the steps of a claim
/// @dev The test contract is the owner, the minter and the one that holds the first distribution.
abstract contract Fixture {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bytes32 internal constant DERIVATION = keccak256("a derivation");
    bytes32 internal constant OUTPUT = keccak256("an output");
    bytes32 internal constant OTHER = keccak256("another output");
    bytes32 internal constant SALT = keccak256("salt");
    address internal constant MOVER = address(0x4d4f564552);

    Token internal token;
    ValidatorRegistry internal registry;
    Randao internal randao;
    TestArbiter internal arbiter;
    Verified internal verified;
    Claims internal claims;
    address internal publisher;

    function setUp() public virtual {
        vm.roll(1000);
        vm.warp(1_800_000_000);
        token = new Token(address(this), Defaults.FIRST_DISTRIBUTION, address(this));
        arbiter = new TestArbiter();
        _deploy(Defaults.rules(), arbiter, address(arbiter));
        publisher = vm.addr(99);
        _fund(publisher, 10_000 ether);
    }

    function _deploy(Rules memory rules, Arbiter arbiter_, address jury) internal {
        randao = new Randao();
        uint256 nonce = vm.getNonce(address(this));
        address claimsAddress = vm.computeCreateAddress(address(this), nonce + 2);
        verified = new Verified(claimsAddress);
        registry =
            new ValidatorRegistry(address(this), token, claimsAddress, jury, Defaults.PERIOD, Defaults.registry());
        claims = new Claims(address(this), rules, token, registry, randao, arbiter_, verified);
        vm.assertEq(address(claims), claimsAddress, "predicted address");
    }

    /// @dev Gives an account that much to use for claims.
    function _fund(address who, uint256 amount) internal {
        token.transfer(who, amount);
        vm.startPrank(who);
        token.approve(address(claims), amount);
        claims.deposit(amount);
        vm.stopPrank();
    }

    function _validator(uint256 i) internal pure returns (address) {
        return vm.addr(1000 + i);
    }

    function _join(address validator, uint96 amount) internal {
        token.transfer(validator, amount);
        vm.startPrank(validator);
        token.approve(address(registry), amount);
        registry.join(validator, amount);
        vm.stopPrank();
    }

    function _joinMany(uint256 n) internal {
        for (uint256 i = 0; i < n; i++) {
            _join(_validator(i), 5000 ether);
        }
    }

    function _publish(bytes32 output) internal returns (bytes32) {
        return _publish(DERIVATION, output);
    }

    function _publish(bytes32 derivation, bytes32 output) internal returns (bytes32) {
        bytes32 commitment = _claimCommitment(publisher, derivation, output, SALT);
        vm.prank(publisher);
        return claims.publish(derivation, commitment, 0);
    }

    // The bytes of docs/formats.md, written out a second time.
    function _claimCommitment(address who, bytes32 derivation, bytes32 output, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(keccak256("Build Chain claim 1"), block.chainid, address(claims), who, derivation, output, salt)
        );
    }

    function _reportCommitment(bytes32 claim, uint256 number, bytes32 output, uint32 time, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256("Build Chain report 1"), block.chainid, address(claims), claim, number, output, time, salt
            )
        );
    }

    function _head(bytes32 claim) internal view returns (Head memory) {
        return claims.headOf(claim);
    }

    function _expectPhase(bytes32 claim, Phase phase) internal view {
        vm.assertEq(uint256(_head(claim).phase), uint256(phase), "phase");
    }

    function _status(bytes32 claim, uint256 number) internal view returns (Status status) {
        (,, status,,) = claims.reportOf(claim, number);
    }

    function _validatorOf(bytes32 claim, uint256 number) internal view returns (address) {
        (uint16 slot,,,,) = claims.reportOf(claim, number);
        return registry.validatorAt(slot);
    }

    /// @dev Goes to the block that decides and gives it a randomness with which the coin falls as wanted.
    function _goToDraw(bytes32 claim, bool more) internal {
        Head memory head = _head(claim);
        Rules memory rules = claims.rulesOf(head.rules);
        vm.roll(head.when);
        for (uint256 i = 0;; i++) {
            bytes32 value = keccak256(abi.encode("randomness", claim, head.steps, i));
            bytes32 seed = keccak256(abi.encode(value, claim, head.steps));
            if ((uint32(uint256(seed)) < rules.continueBelow) == more) {
                vm.prevrandao(value);
                return;
            }
        }
    }

    function _advance(bytes32 claim) internal {
        vm.prank(MOVER);
        claims.advance(claim, "");
    }

    function _draw(bytes32 claim) internal returns (uint256 number) {
        _goToDraw(claim, true);
        _advance(claim);
        _expectPhase(claim, Phase.Building);
        return _head(claim).reports - 1;
    }

    function _stop(bytes32 claim) internal {
        _goToDraw(claim, false);
        _advance(claim);
        _expectPhase(claim, Phase.Revealing);
    }

    /// @dev Draws a validator, which builds for 60 seconds and commits.
    function _report(bytes32 claim, bytes32 output) internal returns (uint256 number) {
        number = _draw(claim);
        vm.warp(vm.getBlockTimestamp() + 60);
        _commit(claim, number, output, 60);
    }

    function _commit(bytes32 claim, uint256 number, bytes32 output, uint32 time) internal {
        bytes32 commitment = _reportCommitment(claim, number, output, time, SALT);
        vm.prank(_validatorOf(claim, number));
        claims.commit(claim, commitment);
    }

    function _reveal(bytes32 claim, uint256 number, bytes32 output) internal {
        claims.reveal(claim, number, output, 60, SALT);
    }

    function _open(bytes32 claim, bytes32 output) internal {
        claims.open(claim, DERIVATION, output, SALT);
    }

    /// @dev Up to the dispute about the report with number 1 − `honest`: two reports, one equal to the publisher's.
    function _dispute(bytes32 published, bytes32 first, bytes32 second) internal returns (bytes32 claim) {
        claim = _publish(published);
        _report(claim, first);
        _report(claim, second);
        _stop(claim);
        _reveal(claim, 0, first);
        _reveal(claim, 1, second);
        _open(claim, published);
    }

    /// @dev Late enough for whatever the claim waits for.
    function _pass(bytes32 claim) internal {
        vm.warp(uint256(_head(claim).when) + 1);
    }

    function _stake(address validator) internal view returns (uint256 stake) {
        (stake,) = registry.stakeOf(validator);
    }

    function _locked(address validator) internal view returns (uint256 locked) {
        (, locked) = registry.stakeOf(validator);
    }
}
