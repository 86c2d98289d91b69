// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Ecvrf} from "../src/randomness/Ecvrf.sol";
import {Randomness} from "../src/randomness/Randomness.sol";
import {VrfAuthority} from "../src/randomness/VrfAuthority.sol";
import {Fixture} from "./Fixture.sol";
import {VrfProver} from "./VrfProver.sol";

/// @title Randomness that an authority proves
contract VrfTest is Fixture {
    uint256 private constant SECRET = 0xb01dfaceb01dfaceb01dfaceb01dfaceb01dfaceb01dfaceb01dfaceb01dface;
    bytes32 private constant HASH = keccak256("a block");

    VrfProver private _prover;
    VrfAuthority private _authority;
    Ecvrf.Key private _key;

    function setUp() public override {
        super.setUp();
        _prover = new VrfProver();
        _authority = new VrfAuthority(address(this), _prover.publicKey(SECRET));
        _key = _authority.keyAt(0);
        vm.roll(2001);
        vm.setBlockhash(2000, HASH);
    }

    /// @dev Every multiple was computed by integers in Python, with its own Keccak; the key and the message are those
    /// of this vector alone. One candidate is missed.
    function testKnownAnswer() public view {
        Ecvrf.Proof memory proof;
        proof.gamma = Ecvrf.Point(
            0x771a20458d4f10c7123c87f2a9db6bf342f1b8f883a281f525d842aad00ca83f,
            0x36336c58c37ffd7cf7174bd0ec80c4a7ef1988c09b40620bb1e9247d235a9ac2
        );
        proof.c = 0x99a92a1a20ea482e704ed12183c0cbec27cc2ba61ef2ec4e0d9e9b51391d9d3b;
        proof.s = 0x9358330ebbe279b4d7f23027882863c92064c00d5c82197360db0a4e825d5bbb;
        proof.misses = new uint256[](1);
        proof.misses[0] = 0xf81f56e1476bc63f449a032e4cf509aedbbc750d387eaf6941612c415ecb9144;
        proof.hashY = 0x5c1a71eb4e68b39ce3d35cb27b7ddc75dc7781af23b4255061327c8859b23fa6;
        proof.cGamma = Ecvrf.Point(
            0x960ce41333f479090dbd754d480e6f8bbb4f5be65dff7d83ee82dd948dc12271,
            0x74ef7b290eb08bf88afea385595444b829dc6359fd1c05019cdf67bf9d6e3220
        );
        proof.sHash = Ecvrf.Point(
            0x13f3b6ee2fc6f7b1b31884967a8a5cc3d5f2125da356c6b2fd2bc9d81a6e6874,
            0x1d6777e7de52942b53d25199e14b5dbea59b505cb484fd9699faababfdb9aae4
        );
        proof.inverse = 0xef6405bbc0de2729a77592a46724f1d8e4f0a036dea13b0f28b1f67ab2523279;
        Ecvrf.Key memory key = Ecvrf.Key(0xbb50e2d89a4ed70663d080659fe0ad4b9bc3e06c17a227433966cb59ceee020d, false);
        vm.assertEq(
            this.check(key, keccak256("message 7"), proof),
            0x6d34174348982202d3d22d91bad47e24720a8973c4f48fb55296ec6788cd135a,
            "value"
        );
    }

    function testValueIsTheKeysAlone() public view {
        Ecvrf.Proof memory one = _prover.prove(SECRET, _authority.alphaOf(2000), 5);
        Ecvrf.Proof memory other = _prover.prove(SECRET, _authority.alphaOf(2000), 77);
        vm.assertEq(_value(one), _value(other), "whatever the nonce");
        vm.assertTrue(_value(one) != 0, "a value");
    }

    function testGas() public {
        // Two misses: more than the mean of one.
        bytes32 alpha;
        Ecvrf.Proof memory proof;
        for (uint256 i = 0; proof.misses.length != 2; i++) {
            alpha = bytes32(i);
            proof = _prover.prove(SECRET, alpha, 5);
        }
        Ecvrf.Key memory key = _key;
        uint256 before = gasleft();
        Ecvrf.valueOf(key, alpha, proof);
        uint256 used = before - gasleft();
        vm.snapshotValue("VRF check, two misses", used);
        vm.assertLe(used, 30_000, "VRF check");
    }

    /// forge-config: default.fuzz.runs = 12
    function testFuzzHonest(uint256 secret, uint256 nonce, bytes32 alpha) public view {
        Ecvrf.Point memory y = _prover.publicKey(_scalar(secret));
        Ecvrf.Proof memory proof = _prover.prove(_scalar(secret), alpha, _scalar(nonce));
        vm.assertTrue(this.check(Ecvrf.Key(y.x, y.y % 2 == 1), alpha, proof) != 0, "accepted");
    }

    /// @dev Any word of a proof changed in any way: refused, or (where one word has no part in it) the same value.
    /// forge-config: default.fuzz.runs = 12
    function testFuzzChanged(uint256 word, uint256 change, bytes32 alpha) public view {
        bytes memory proof = abi.encode(_prover.prove(SECRET, alpha, 5));
        bytes32 honest = this.check(_key, alpha, abi.decode(proof, (Ecvrf.Proof)));
        word = word % (proof.length / 32);
        uint256 position = 32 + 32 * word;
        vm.assume(change != 0);
        assembly {
            mstore(add(proof, position), xor(mload(add(proof, position)), change))
        }
        try this.checkBytes(_key, alpha, proof) returns (bytes32 value) {
            vm.assertEq(value, honest, "never another value");
        } catch {}
    }

    /// @dev Of the points that share Γ's logarithm's x, the negated one proves nothing.
    function testOtherGamma() public {
        bytes32 alpha = _authority.alphaOf(2000);
        Ecvrf.Proof memory proof = _prover.prove(SECRET, alpha, 5);
        proof.gamma.y = Ecvrf.FIELD - proof.gamma.y;
        _refused(alpha, proof);
        proof = _prover.prove(SECRET, alpha, 5);
        proof.gamma = proof.sHash;
        _refused(alpha, proof);
    }

    function testOtherKeyMessageOrCandidate() public {
        bytes32 alpha = _authority.alphaOf(2000);
        _refused(alpha, _prover.prove(SECRET + 1, alpha, 5));
        _refused(alpha, _prover.prove(SECRET, keccak256("another"), 5));
        // The odd root of the same candidate, and one candidate left out.
        Ecvrf.Proof memory proof = _prover.proveWithOddRoot(SECRET, alpha, 5);
        _refused(alpha, proof);
        for (uint256 i = 0; proof.misses.length == 0; i++) {
            proof = _prover.prove(SECRET, alpha = bytes32(i), 5);
        }
        uint256[] memory fewer = new uint256[](proof.misses.length - 1);
        proof.misses = fewer;
        _refused(alpha, proof);
    }

    /// @dev A candidate that is on the curve can't be passed over.
    function testGoodCandidateIsNotMissed() public {
        bytes32 alpha = _authority.alphaOf(2000);
        _refused(alpha, _prover.proveWithNextCandidate(SECRET, alpha, 5));
    }

    function testTimes() public {
        bytes memory proof = abi.encode(_prover.prove(SECRET, _authority.alphaOf(2000), 5));
        (bytes32 value, uint256 time) = _authority.valueOf(2000, proof);
        vm.assertEq(time, 0, "the proof says nothing of it");
        vm.expectRevert(abi.encodeWithSelector(Randomness.TooEarly.selector, 2001));
        _authority.valueOf(2001, proof);
        vm.roll(2256);
        vm.setBlockhash(2000, HASH);
        (bytes32 again,) = _authority.valueOf(2000, proof);
        vm.assertEq(again, value, "the same whenever asked");
        vm.assertFalse(_authority.isTooLate(2000), "not too late");
        vm.roll(2257);
        vm.assertTrue(_authority.isTooLate(2000), "too late");
        vm.expectRevert(abi.encodeWithSelector(Randomness.TooLate.selector, 2000));
        _authority.valueOf(2000, proof);
    }

    function testAnotherBlockAnotherValue() public {
        bytes32 value = _value(_prover.prove(SECRET, _authority.alphaOf(2000), 5));
        vm.setBlockhash(2000, keccak256("another block"));
        vm.assertTrue(_value(_prover.prove(SECRET, _authority.alphaOf(2000), 5)) != value, "another hash");
    }

    function testKeyChange() public {
        Ecvrf.Point memory next = _prover.publicKey(7);
        Ecvrf.Point memory afterIt = _prover.publicKey(8);
        _authority.setKey(next);
        vm.assertEq(_authority.keyAt(2512).x, _key.x, "open requests keep the key");
        vm.assertEq(_authority.keyAt(2513).x, next.x, "from then on");
        vm.roll(2002);
        _authority.setKey(afterIt);
        vm.assertEq(_authority.keyAt(2513).x, _key.x, "one that doesn't hold yet is replaced");
        vm.assertEq(_authority.keyAt(2514).x, afterIt.x, "by this");
        vm.roll(2514);
        _authority.setKey(next);
        vm.assertEq(_authority.keyAt(2514).x, afterIt.x, "one that holds stays");
        vm.assertEq(_authority.keyAt(2513).x, _key.x, "and so does the first");
    }

    function testKeysThatAreNone() public {
        vm.expectRevert(abi.encodeWithSelector(VrfAuthority.NotAKey.selector));
        _authority.setKey(Ecvrf.Point(1, 1));
        Ecvrf.Point memory key = _prover.publicKey(7);
        vm.expectRevert(abi.encodeWithSelector(VrfAuthority.NotAKey.selector));
        _authority.setKey(Ecvrf.Point(key.x, key.y + 1));
        vm.prank(publisher);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, publisher));
        _authority.setKey(key);
    }

    function check(Ecvrf.Key memory key, bytes32 alpha, Ecvrf.Proof memory proof) external pure returns (bytes32) {
        return Ecvrf.valueOf(key, alpha, proof);
    }

    function checkBytes(Ecvrf.Key memory key, bytes32 alpha, bytes calldata proof) external pure returns (bytes32) {
        return Ecvrf.valueOf(key, alpha, abi.decode(proof, (Ecvrf.Proof)));
    }

    function _value(Ecvrf.Proof memory proof) private view returns (bytes32 value) {
        (value,) = _authority.valueOf(2000, abi.encode(proof));
    }

    function _refused(bytes32 alpha, Ecvrf.Proof memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(Ecvrf.NotProved.selector));
        this.check(_key, alpha, proof);
    }

    function _scalar(uint256 any) private pure returns (uint256) {
        return any % (Ecvrf.ORDER - 1) + 1;
    }
}
