class Hexplain < Formula
  desc "Finds the error codes in logs and explains them"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@DOWNLOADS@/hexplain-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "@DOWNLOADS@/hexplain-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOADS@/hexplain-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@DOWNLOADS@/hexplain-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "hexplain"
    man1.install "hexplain.1"
    bash_completion.install "completions/hexplain.bash" => "hexplain"
    zsh_completion.install "completions/_hexplain"
    fish_completion.install "completions/hexplain.fish"
    doc.install "THIRD-PARTY-LICENSES.txt"
  end

  test do
    assert_match "E_ACCESSDENIED", shell_output("#{bin}/hexplain explain 0x80070005")
  end
end
