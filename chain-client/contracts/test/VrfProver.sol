// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ecvrf} from "../src/randomness/Ecvrf.sol";

/// @title The authority's side of Ecvrf, by schoolbook arithmetic on secp256k1
/// @dev Computes every multiple itself, without the precompile that the verifier leans on. Not for real keys.
contract VrfProver {
    uint256 private constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    uint256 private constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    uint256 private constant GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8;

    function publicKey(uint256 secret) public view returns (Ecvrf.Point memory) {
        return _mul(Ecvrf.Point(GX, GY), secret);
    }

    function prove(uint256 secret, bytes32 alpha, uint256 nonce) external view returns (Ecvrf.Proof memory proof) {
        Ecvrf.Point memory h = _hashToCurve(publicKey(secret), alpha, 0, proof);
        _complete(secret, nonce, h, proof);
    }

    /// @dev What a prover would do that chooses the odd root: a proof for another point, consistent in itself.
    function proveWithOddRoot(uint256 secret, bytes32 alpha, uint256 nonce)
        external
        view
        returns (Ecvrf.Proof memory proof)
    {
        Ecvrf.Point memory h = _hashToCurve(publicKey(secret), alpha, 0, proof);
        h.y = proof.hashY = P - h.y;
        _complete(secret, nonce, h, proof);
    }

    /// @dev What a prover would do that passes over the first good candidate, with a made-up root for it.
    function proveWithNextCandidate(uint256 secret, bytes32 alpha, uint256 nonce)
        external
        view
        returns (Ecvrf.Proof memory proof)
    {
        Ecvrf.Point memory h = _hashToCurve(publicKey(secret), alpha, 1, proof);
        _complete(secret, nonce, h, proof);
    }

    function _complete(uint256 secret, uint256 nonce, Ecvrf.Point memory h, Ecvrf.Proof memory proof) private view {
        Ecvrf.Point memory key = publicKey(secret);
        proof.gamma = _mul(h, secret);
        Ecvrf.Point memory u = publicKey(nonce);
        Ecvrf.Point memory v = _mul(h, nonce);
        address hidden = address(uint160(uint256(keccak256(abi.encode(u.x, u.y)))));
        bytes32 suite = keccak256("Build Chain ECVRF 1 secp256k1 challenge");
        proof.c = uint256(
            keccak256(abi.encode(suite, key.x, key.y % 2, h.x, h.y, proof.gamma.x, proof.gamma.y, hidden, v.x, v.y))
        );
        proof.s = addmod(nonce, mulmod(proof.c, secret, N), N);
        proof.cGamma = _mul(proof.gamma, proof.c % N);
        proof.sHash = _mul(h, proof.s);
        proof.inverse = _power(addmod(proof.sHash.x, P - proof.cGamma.x, P), P - 2);
    }

    function _hashToCurve(Ecvrf.Point memory key, bytes32 alpha, uint256 skip, Ecvrf.Proof memory proof)
        private
        view
        returns (Ecvrf.Point memory h)
    {
        bytes32 suite = keccak256("Build Chain ECVRF 1 secp256k1 to curve");
        uint256[] memory misses = new uint256[](256);
        uint256 skipped = 0;
        for (uint256 counter = 0;; counter++) {
            uint256 x = uint256(keccak256(abi.encode(suite, key.x, key.y % 2, alpha, counter))) % P;
            uint256 right = addmod(mulmod(x, mulmod(x, x, P), P), 7, P);
            // P is 3 modulo 4: if there is a root it's this power.
            uint256 root = _power(right, (P + 1) / 4);
            if (mulmod(root, root, P) == right && skipped++ == skip) {
                proof.hashY = root % 2 == 0 ? root : P - root;
                proof.misses = new uint256[](counter);
                for (uint256 i = 0; i < counter; i++) {
                    proof.misses[i] = misses[i];
                }
                h = Ecvrf.Point(x, proof.hashY);
                break;
            }
            misses[counter] = _power(P - right, (P + 1) / 4);
        }
    }

    function _mul(Ecvrf.Point memory p, uint256 k) private view returns (Ecvrf.Point memory sum) {
        // (0, 0) stands for infinity: it's no point of this curve.
        for (uint256 bit = 256; bit > 0; bit--) {
            sum = _add(sum, sum);
            if (k >> (bit - 1) & 1 == 1) sum = _add(sum, p);
        }
    }

    function _add(Ecvrf.Point memory a, Ecvrf.Point memory b) private view returns (Ecvrf.Point memory) {
        if (a.x == 0 && a.y == 0) return b;
        if (b.x == 0 && b.y == 0) return a;
        uint256 slope;
        if (a.x != b.x) {
            slope = mulmod(addmod(b.y, P - a.y, P), _power(addmod(b.x, P - a.x, P), P - 2), P);
        } else if (a.y == b.y) {
            slope = mulmod(mulmod(3, mulmod(a.x, a.x, P), P), _power(mulmod(2, a.y, P), P - 2), P);
        } else {
            return Ecvrf.Point(0, 0);
        }
        uint256 x = addmod(mulmod(slope, slope, P), P - addmod(a.x, b.x, P), P);
        return Ecvrf.Point(x, addmod(mulmod(slope, addmod(a.x, P - x, P), P), P - a.y, P));
    }

    /// @dev base^exponent modulo P, by the precompile of EIP-198.
    function _power(uint256 base, uint256 exponent) private view returns (uint256) {
        (bool ok, bytes memory result) =
            address(5).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, P));
        require(ok, "modexp");
        return abi.decode(result, (uint256));
    }
}
