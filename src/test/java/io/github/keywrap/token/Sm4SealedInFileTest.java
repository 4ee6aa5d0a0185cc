package io.github.keywrap.token;

final class Sm4SealedInFileTest extends TokenKeyContract {
  @Override
  protected String settings(int which) {
    return ", algorithm: sm4-sealed, sealed-key: { file: sealed-%d.pem }".formatted(which);
  }
}
