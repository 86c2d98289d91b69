// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {MAX_STEPS, Rules} from "./ClaimTypes.sol";

/// @title The versions of the claims' constants
/// @notice A change makes a new version, for claims published from then on: nobody's stake is put under rules that it
/// didn't see. The owner is a time-locked contract.
abstract contract Rulebook is Ownable {
    /// @notice Rules by version.
    mapping(uint8 version => Rules) internal _rules;

    /// @dev Of the newest version, what publishing needs: one word.
    struct Publishing {
        uint96 publisherStake;
        uint96 fee;
        uint8 maxClass;
        uint8 delay;
        uint8 version;
    }

    Publishing internal _publishing;

    /// @notice A new version of the rules.
    event RulesChanged(uint8 version, Rules rules);

    /// @notice Thrown when rules contradict each other.
    error BadRules();

    constructor(address owner, Rules memory first) Ownable(owner) {
        _add(0, first);
    }

    /// @notice Makes new rules. There can be 255 changes.
    function setRules(Rules calldata next) external onlyOwner {
        _add(_publishing.version + 1, next);
    }

    /// @notice The version that new claims get.
    function currentRules() external view returns (uint8) {
        return _publishing.version;
    }

    /// @notice The rules of a version.
    function rulesOf(uint8 version) external view returns (Rules memory) {
        return _rules[version];
    }

    function _add(uint8 version, Rules memory r) private {
        bool steps = r.maxSteps > 0 && r.maxSteps <= MAX_STEPS && r.maxRounds > 0 && r.maxRounds < 128;
        // Open draws look back at most this far; see ValidatorRegistry.MIN_COOL_DOWN.
        bool blocks = r.delay > 0 && r.delay <= 32;
        bool times = r.buildTime > 0 && r.revealTime > 0 && r.disputeTime > 0 && r.maxClass < 16
            && uint256(r.buildTime) << r.maxClass <= type(uint32).max / 4 && r.disputeTime <= type(uint32).max / 8;
        // A defaulter that moves its own claim on must not get all of it back.
        bool slashes = r.validatorSlash >= r.missSlash && r.missSlash > r.defaultTip && r.publisherStake > r.defaultTip;
        bool juries = r.jurorPot <= r.publisherStake && r.jurorPot <= r.validatorSlash;
        // Griefing: who publishes what can't be built pays more than the validators that it makes miss lose together.
        bool fees = r.fee >= uint256(r.maxSteps) * (uint256(r.tip) + r.missSlash);
        if (!(steps && blocks && times && slashes && juries && fees)) revert BadRules();
        _rules[version] = r;
        _publishing = Publishing(r.publisherStake, r.fee, r.maxClass, r.delay, version);
        emit RulesChanged(version, r);
    }
}
