from techfinder.geo.lines import located


def test_each_line_is_answered_in_order():
    lines = list(located(["5701 AB\n", "Den Haag\r\n", "Atlantis\n", "\n"]))
    assert lines[0].split("\t")[3:] == ["Helmond", "Helmond", "Noord-Brabant"]
    assert lines[1].split("\t")[0] == "Den Haag"
    assert lines[2:] == ["Atlantis\t?", "\t?"]


def test_the_command_reads_standard_input_whatever_it_holds(app):
    result = app.test_cli_runner().invoke(args=["geo", "locate", "-"], input=b"5701\n\xff\xfe\n")
    assert result.exit_code == 0
    first, second = result.output.splitlines()
    assert first.split("\t") == ["5701", "51.4810", "5.6637", "Helmond", "Helmond", "Noord-Brabant"]
    assert second.endswith("\t?")
