// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Phase} from "../src/claims/ClaimTypes.sol";
import {Defaults} from "../src/Defaults.sol";
import {Handler} from "./Handler.sol";
import {Vm} from "./Vm.sol";

/// @title What holds whatever people do
contract InvariantsTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private _world;

    function setUp() public {
        _world = new Handler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_world);
    }

    /// @dev `step` three times as often as the others.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = Handler.publish.selector;
        selectors[1] = Handler.step.selector;
        selectors[2] = Handler.step.selector;
        selectors[3] = Handler.step.selector;
        selectors[4] = Handler.pass.selector;
        selectors[5] = Handler.trade.selector;
        selectors[6] = Handler.settleMarket.selector;
        selectors[7] = Handler.take.selector;
        selectors[8] = Handler.comeAndGo.selector;
        selectors[9] = Handler.withdrawAndBurn.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_world), selectors);
    }

    // Each of these gets runs of its own.

    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantTokensAreConserved() public view {
        (uint256 held, uint256 owed) = _world.claimsHeld();
        vm.assertEq(held, owed, "claims hold stakes, fees and accounts");
        (held, owed) = _world.registryHeld();
        vm.assertEq(held, owed, "the registry holds the validators' stakes");
        (held, owed) = _world.juryHeld();
        vm.assertEq(held, owed, "the jury holds what jurors are owed");
        (held, owed,) = _world.marketHeld();
        vm.assertEq(held, owed, "markets hold what they say");
        (uint256 locked, uint256 services) = _world.locks();
        vm.assertEq(locked, services, "every lock is an open service");
        (uint256 total, uint256 minted) = _world.supply();
        vm.assertEq(total, Defaults.FIRST_DISTRIBUTION + minted - _world.burnedTotal(), "supply");
    }

    /// @dev Builds of honest jurors take as long as the claim's class allows.
    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantNobodyHonestIsSlashed() public view {
        vm.assertFalse(_world.honestLost(), "nobody honest is slashed");
    }

    /// @dev What a claim can use up is finite; `afterInvariant` sees that without anybody's help it is used up.
    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantEveryClaimEnds() public view {
        vm.assertFalse(_world.overRun(), "no more steps or rounds than there are");
    }

    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantNoPeriodPaysMoreThanItsMint() public view {
        vm.assertFalse(_world.overMinted(), "no period pays more than its mint");
    }

    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantMarketMakersLossIsBounded() public view {
        (,, bool solvent) = _world.marketHeld();
        vm.assertTrue(solvent, "markets can pay whatever comes true");
        vm.assertTrue(_world.lossIsBounded(), "b ln 3");
    }

    /// forge-config: default.invariant.runs = 2
    /// forge-config: long.invariant.runs = 20
    function invariantCopiedCommitmentsNeverOpen() public view {
        vm.assertFalse(_world.copyOpened(), "never opened");
    }

    function _checkAll() private view {
        invariantTokensAreConserved();
        invariantNobodyHonestIsSlashed();
        invariantEveryClaimEnds();
        invariantNoPeriodPaysMoreThanItsMint();
        invariantMarketMakersLossIsBounded();
        invariantCopiedCommitmentsNeverOpen();
    }

    /// @dev That the actions come far enough for the invariants to mean something: in 80 claims of 5 worlds each
    /// end is reached.
    function testWorldsReachEveryEnd() public {
        uint256[10] memory sum;
        for (uint256 world = 0; world < 5; world++) {
            _world = new Handler();
            for (uint256 i = 0; i < 320; i++) {
                uint256 random = uint256(keccak256(abi.encode(world, i)));
                uint256 seed = random >> 16;
                if (i % 20 == 0) _world.publish(seed, random % 3 > 0);
                else if (i % 13 == 1) _world.pass(seed, uint24(random % 5000));
                else if (i % 13 == 2) _world.trade(seed, seed >> 8, uint96(seed >> 16));
                else if (i % 39 == 3) _world.comeAndGo(seed, seed >> 8);
                else if (i % 39 == 4) _world.take(seed, seed >> 8);
                else if (i % 39 == 5) _world.settleMarket(seed);
                else _world.step(seed, seed >> 8);
            }
            _checkAll();
            this.afterInvariant();
            uint256[10] memory phases = _world.tally();
            for (uint256 i = 0; i < 10; i++) {
                sum[i] += phases[i];
            }
        }
        for (uint256 i = uint256(Phase.Valid); i <= uint256(Phase.Abandoned); i++) {
            emit Ends(i, sum[i]);
        }
        for (uint256 i = uint256(Phase.Valid); i <= uint256(Phase.Abandoned); i++) {
            vm.assertGe(sum[i], 1, "each end");
        }
    }

    event Ends(uint256 phase, uint256 claims);

    /// @dev At the end of every run: without anybody's help but `advance`, all claims end. At most 32 steps, each with
    /// a wait of a build, and for each of 8 rounds reveals, opening and a dispute.
    function afterInvariant() external {
        vm.assertLe(_world.finish(), 32 * 2 + 8 * 3, "every claim ends");
        (uint256 held, uint256 owed) = _world.claimsHeld();
        vm.assertEq(held, owed, "claims at the end");
        (uint256 locked,) = _world.locks();
        vm.assertEq(locked, 0, "nobody is bound");
    }
}
