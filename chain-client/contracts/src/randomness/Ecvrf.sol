// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Checks proofs of a verifiable random function: ECVRF over secp256k1
/// @notice The construction is that of RFC 9381, section 5, with the curve for which the EVM has a precompile and
/// Keccak-256 as the hash (the RFC's own suites name P-256 and edwards25519). For a secret key x with public key Y and
/// a message alpha: H is alpha hashed to the curve by try-and-increment (5.4.1.1), Γ = x·H, and (c, s) shows that Y
/// and Γ have the same logarithm. The value is a hash of Γ, which only the holder of x can compute and which nobody
/// can choose.
/// @dev What a scalar multiple is, `ecrecover` says: with hash 0, r = P.x, s = k·P.x it gives the address of k·P. So
/// the prover brings the products and roots along and here they are only compared. Two points are taken as equal if
/// their addresses are: to find a second point for one takes 2^160 tries, as for any Ethereum account.
/// Differences from the RFC, all because of the precompile: the challenge hashes the address of U in place of its
/// coordinates, and has 256 bits.
library Ecvrf {
    uint256 internal constant FIELD = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    bytes32 private constant TO_CURVE = keccak256("Build Chain ECVRF 1 secp256k1 to curve");
    bytes32 private constant CHALLENGE = keccak256("Build Chain ECVRF 1 secp256k1 challenge");
    bytes32 private constant VALUE = keccak256("Build Chain ECVRF 1 secp256k1 value");

    /// @dev A point that isn't infinity.
    struct Point {
        uint256 x;
        uint256 y;
    }

    /// @dev A public key: the x coordinate and whether y is odd.
    struct Key {
        uint256 x;
        bool odd;
    }

    /// @param gamma Γ
    /// @param c the challenge
    /// @param s the response: U = s·B − c·Y and V = s·H − c·Γ
    /// @param misses for each counter whose hash is no x coordinate, a root of −(x³ + 7): that it has one shows that
    /// x³ + 7 has none
    /// @param hashY the even y coordinate of H
    /// @param cGamma c·Γ
    /// @param sHash s·H
    /// @param inverse of sHash.x − cGamma.x
    struct Proof {
        Point gamma;
        uint256 c;
        uint256 s;
        uint256[] misses;
        uint256 hashY;
        Point cGamma;
        Point sHash;
        uint256 inverse;
    }

    /// @notice Thrown when a proof doesn't prove the value for this key and message.
    error NotProved();

    /// @notice The value of `alpha` under a key.
    /// @param key of a point on the curve
    /// @return 32 bytes that nobody could choose and only the key's holder could foresee
    function valueOf(Key memory key, bytes32 alpha, Proof memory proof) internal pure returns (bytes32) {
        Point memory gamma = proof.gamma;
        _require(isOnCurve(gamma));
        Point memory h = _toCurve(key, alpha, proof.misses, proof.hashY);
        _requireMultiple(gamma, proof.c, proof.cGamma);
        _requireMultiple(h, proof.s, proof.sHash);
        Point memory v = _difference(proof.sHash, proof.cGamma, proof.inverse);
        address u = _baseMinus(key, proof.s, proof.c);
        bytes32 expected = keccak256(abi.encode(CHALLENGE, key.x, key.odd, h, gamma, u, v));
        _require(uint256(expected) == proof.c);
        return keccak256(abi.encode(VALUE, gamma));
    }

    /// @notice Whether the coordinates are a point's.
    function isOnCurve(Point memory p) internal pure returns (bool) {
        return p.x < FIELD && p.y < FIELD && mulmod(p.y, p.y, FIELD) == _right(p.x);
    }

    /// @dev The first counter that gives an x coordinate, and the even y: the prover has no choice.
    function _toCurve(Key memory key, bytes32 alpha, uint256[] memory misses, uint256 y)
        private
        pure
        returns (Point memory h)
    {
        for (uint256 counter = 0; counter < misses.length; counter++) {
            uint256 right = _right(_candidate(key, alpha, counter));
            // −1 has no root modulo this prime, so of f and −f exactly one has.
            _require(right != 0 && mulmod(misses[counter], misses[counter], FIELD) == FIELD - right);
        }
        h = Point(_candidate(key, alpha, misses.length), y);
        _require(y % 2 == 0 && isOnCurve(h));
    }

    /// @dev The field is so near to 2^256 that the remainder is as good as uniform.
    function _candidate(Key memory key, bytes32 alpha, uint256 counter) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(TO_CURVE, key.x, key.odd, alpha, counter))) % FIELD;
    }

    function _right(uint256 x) private pure returns (uint256) {
        return addmod(mulmod(mulmod(x, x, FIELD), x, FIELD), 7, FIELD);
    }

    /// @dev product = k·p, for a p on the curve.
    function _requireMultiple(Point memory p, uint256 k, Point memory product) private pure {
        address found = ecrecover(0, p.y % 2 == 0 ? 27 : 28, bytes32(p.x), bytes32(mulmod(k, p.x, ORDER)));
        _require(found != address(0) && found == _addressOf(product));
    }

    /// @dev The address of s·B − c·Y.
    function _baseMinus(Key memory key, uint256 s, uint256 c) private pure returns (address u) {
        uint256 sx = mulmod(s, key.x, ORDER);
        uint256 cx = mulmod(c, key.x, ORDER);
        _require(sx != 0 && cx != 0);
        u = ecrecover(bytes32(ORDER - sx), key.odd ? 28 : 27, bytes32(key.x), bytes32(ORDER - cx));
        _require(u != address(0));
    }

    /// @dev a − b, for two points with different x; `inverse` is that of a.x − b.x.
    function _difference(Point memory a, Point memory b, uint256 inverse) private pure returns (Point memory) {
        uint256 dx = addmod(a.x, FIELD - b.x, FIELD);
        _require(mulmod(dx, inverse, FIELD) == 1);
        // b is subtracted: its y is added in the slope.
        uint256 slope = mulmod(addmod(a.y, b.y, FIELD), inverse, FIELD);
        uint256 x = addmod(mulmod(slope, slope, FIELD), FIELD - addmod(a.x, b.x, FIELD), FIELD);
        uint256 y = addmod(mulmod(slope, addmod(a.x, FIELD - x, FIELD), FIELD), FIELD - a.y, FIELD);
        return Point(x, y);
    }

    function _addressOf(Point memory p) private pure returns (address) {
        // Coordinates are compared as they are hashed: one above the field isn't the same point.
        _require(p.x < FIELD && p.y < FIELD);
        return address(uint160(uint256(keccak256(abi.encode(p.x, p.y)))));
    }

    function _require(bool holds) private pure {
        if (!holds) revert NotProved();
    }
}
