// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {Claims} from "../src/claims/Claims.sol";
import {Verdict} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Jury} from "../src/jury/Jury.sol";
import {PredictionMarket} from "../src/market/PredictionMarket.sol";
import {Randao} from "../src/randomness/Randao.sol";
import {Rewards} from "../src/Rewards.sol";
import {Token} from "../src/Token.sol";
import {ValidatorRegistry} from "../src/ValidatorRegistry.sol";
import {Verified} from "../src/Verified.sol";
import {Fixture} from "./Fixture.sol";

/// @title The whole deployment, as a chain gets it: contracts that know each other by predicted addresses, owned by a
/// time lock
abstract contract System is Fixture {
    TimelockController internal timelock;
    Jury internal jury;
    PredictionMarket internal market;
    Rewards internal rewards;

    function setUp() public virtual override {
        vm.roll(1000);
        vm.warp(1_800_000_000);
        address[] memory self = new address[](1);
        self[0] = address(this);
        timelock = new TimelockController(2 days, self, self, address(0));
        randao = new Randao();
        uint256 nonce = vm.getNonce(address(this));
        address claimsAddress = vm.computeCreateAddress(address(this), nonce + 3);
        address juryAddress = vm.computeCreateAddress(address(this), nonce + 4);
        address rewardsAddress = vm.computeCreateAddress(address(this), nonce + 5);
        address owner = address(timelock);
        token = new Token(address(this), Defaults.FIRST_DISTRIBUTION, rewardsAddress);
        verified = new Verified(claimsAddress);
        registry = new ValidatorRegistry(owner, token, claimsAddress, juryAddress, Defaults.PERIOD, Defaults.registry());
        claims = new Claims(owner, Defaults.rules(), token, registry, randao, Jury(juryAddress), verified);
        jury = new Jury(owner, Defaults.terms(), token, claims, registry, randao);
        rewards = new Rewards(owner, token, registry, Defaults.PERIOD_MINT);
        market = new PredictionMarket(token, claims, jury);
        vm.assertEq(address(rewards), rewardsAddress, "predicted addresses");
        publisher = vm.addr(99);
        _fund(publisher, 10_000 ether);
    }

    function _seat(bytes32 id, uint256 decidedBy) internal {
        vm.roll(decidedBy);
        vm.prevrandao(keccak256(abi.encode("jury", id)));
        jury.seat(id, "");
    }

    function _vote(bytes32 id, uint256 seat, Verdict verdict) internal {
        (address juror,) = jury.jurorOf(id, seat);
        bytes32 commitment = _voteCommitment(id, seat, verdict);
        vm.prank(juror);
        jury.vote(id, seat, commitment);
    }

    function _voteCommitment(bytes32 id, uint256 seat, Verdict verdict) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(keccak256("Build Chain vote 1"), block.chainid, address(jury), id, seat, verdict, SALT)
            );
    }

    function _goToVotes(bytes32 id) internal {
        (uint256 from,,) = jury.timesOf(id);
        vm.warp(from);
    }

    function _goToVoteReveals(bytes32 id) internal {
        (, uint256 until,) = jury.timesOf(id);
        vm.warp(until + 1);
    }

    function _goPastVoteReveals(bytes32 id) internal {
        (,, uint256 until) = jury.timesOf(id);
        vm.warp(until + 1);
    }
}
